// The platform as the page meets it: its configuration, its script tag, and its Profile API.
const TRY_AGAIN = 2000;
const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

let config;

async function load() {
  const answer = await fetch("/_local/config", { cache: "no-store" });
  if (!answer.ok) throw new Error(`the platform answered ${answer.status}`);
  config = await answer.json();
}

function addTag(writeKey) {
  const tag = document.createElement("script");
  tag.src = `/analytics.js/v1/${writeKey}/analytics.min.js`;
  document.head.append(tag);
  return new Promise((resolve, reject) => {
    tag.onload = resolve;
    tag.onerror = () => (tag.remove(), reject(new Error("the analytics script did not come")));
  });
}

// Comes back once the analytics script takes calls; until then says why not, and keeps trying.
export async function connect(complain) {
  for (;;) {
    try {
      await load();
      return await addTag(config.write_key);
    } catch (error) {
      complain(error);
      await pause(TRY_AGAIN);
    }
  }
}

// A token lives an hour: when it is refused, fetch the next one and ask once more.
async function ask(path, wish = {}, again = true) {
  const headers = { authorization: `Bearer ${config.tokens.service}` };
  const answer = await fetch(path, { headers, cache: "no-store", ...wish });
  if (answer.status === 401 && again) return load().then(() => ask(path, wish, false));
  if (answer.status === 404) return null;
  if (!answer.ok) throw new Error(`the Profile API answered ${answer.status}`);
  return answer.json();
}

// What the server of a shop does for who is signed in there; this one has no server, and does it in the page.
export async function inboxToken(userId) {
  const path = `/v1/profiles/${encodeURIComponent(`user_id:${userId}`)}/inbox-token`;
  return (await ask(path, { method: "POST", body: "{}" }))?.token ?? null;
}

// What the server of a shop says when somebody asks for letters: a browser's word alone, anybody could give for anybody.
// Nobody is known by a user id until the platform has read the call that named it.
export async function agreeToLetters(userId) {
  const path = `/v1/profiles/${encodeURIComponent(`user_id:${userId}`)}/consent`;
  const said = { purpose: "newsletter", channel: "email", state: "granted", proof: "the box at the sign-in", reason: "signed in" };
  if (!config) await load();
  for (let tries = 0; tries < 20; tries++) {
    if (await ask(path, { method: "POST", body: JSON.stringify(said) })) return;
    await pause(500);
  }
  throw new Error("the platform has not heard of the account yet");
}

// Comes back with null where the token has ended. The browser itself asks whether anything is new, by the tag it was given.
export async function askInbox(token, path = "", method = "GET") {
  const answer = await fetch(`/v1/inbox${path}`, { method, headers: { authorization: `Bearer ${token}` }, cache: "no-cache" });
  if (answer.status === 401) return null;
  if (!answer.ok) throw new Error(`the inbox answered ${answer.status}`);
  return answer.json();
}

const NEWEST = 8;

// Comes back with null while nobody is known by this identifier.
export async function readProfile(identifier) {
  const path = `/v1/profiles/${encodeURIComponent(identifier)}`;
  const [profile, page] = await Promise.all([ask(path), ask(`${path}/events?limit=${NEWEST}`)]);
  return profile && { ...profile, events: page?.events ?? [] };
}
