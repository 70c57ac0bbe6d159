// The inbox of who is signed in: a bell that counts, and a list of messages, each read once it was opened.
import { el, find } from "./elements.js";
import { askInbox, inboxToken } from "./platform.js";

const READ_EVERY = 10_000;

export function watchInbox(userId) {
  let whose;
  let token;
  let messages = [];

  async function asked(path, method) {
    const id = userId();
    if (id !== whose) [whose, token, messages] = [id, null, []];
    if (!id) return null;
    token ??= await inboxToken(id);
    const found = token && (await askInbox(token, path, method));
    if (token && !found) token = null; // it has ended: the next look has another made
    return id === userId() ? found : null;
  }

  async function look() {
    try {
      const found = await asked();
      if (found) messages = found.messages;
      draw(found?.unread ?? 0);
    } catch {
      draw(0); // nobody is known by this name yet, or the platform is away: the panel says so
    }
  }

  function draw(unread) {
    find("bell").hidden = !userId();
    find("unread").textContent = unread;
    find("bell").setAttribute("aria-label", `Messages, ${unread} unread`);
    find("messages").replaceChildren(...(messages.length ? messages.map(row) : [el("li", { class: "empty" }, "No messages yet.")]));
  }

  function row(message) {
    const link = /^https?:\/\//.test(message.link ?? "") && el("a", { href: message.link, target: "_blank", rel: "noopener noreferrer" }, "Have a look");
    return el("li", { class: message.read_at ? "" : "unread" }, el("strong", {}, message.title), el("p", {}, message.text), link);
  }

  async function open() {
    find("inbox").showModal();
    await Promise.allSettled(messages.filter((one) => !one.read_at).map((one) => asked(`/${one.id}/read`, "POST")));
    await look();
  }

  async function start() {
    if (!document.hidden) await look();
    setTimeout(start, READ_EVERY);
  }

  find("bell").addEventListener("click", open);
  find("inbox-close").addEventListener("click", () => find("inbox").close());
  return { start, look };
}
