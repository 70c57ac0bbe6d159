// The visitor's own profile, as the Profile API tells it: read every second, and more often around a change.
import { el, find } from "./elements.js";
import { readProfile } from "./platform.js";
import { events, identifiers, orders, segments, tick, traits } from "./sections.js";

const READ_EVERY = 1000;
const NEAR = 250;
const TRY_AGAIN = 3000;
const TICK = 100;
const REMEMBER_LEAVING = 20_000;

const waiting = () => el("p", { class: "empty nobody" }, "Nobody yet: your first click founds your profile.");

function stopped(error) {
  const text = "Start it with make dev. This page keeps trying, and goes on by itself.";
  return el("div", { class: "stopped", role: "alert" }, el("strong", {}, "The platform does not answer"), el("p", {}, text), el("p", { class: "code" }, error.message));
}

function pulse(text, state) {
  find("pulse").textContent = text;
  find("pulse").className = `pulse ${state}`;
}

// A segment that was left stays in sight for a while, so that leaving can be seen.
function leavers(before, after, left) {
  const inside = new Set(after.map(({ segment }) => segment));
  const gone = before.filter(({ segment }) => !inside.has(segment)).map((one) => ({ ...one, left: Date.now() }));
  const kept = left.filter((one) => !inside.has(one.segment) && Date.now() - one.left < REMEMBER_LEAVING);
  return [...gone, ...kept];
}

export function watchProfile(userId) {
  let whom;
  let profile;
  let left = [];
  let drawn;

  const reference = () => (userId() ? `user_id:${userId()}` : `anonymous_id:${window.analytics.user().anonymousId()}`);

  function complain(error) {
    drawn = profile = undefined;
    pulse("stopped", "bad");
    find("profile-body").replaceChildren(stopped(error));
  }

  function draw() {
    const next = JSON.stringify([profile, left]);
    if (next === drawn) return;
    drawn = next;
    find("profile-body").replaceChildren(...(profile ? sections() : [waiting()]));
    tick(find("profile-body"));
  }

  function sections() {
    const { identifiers: ids, memberships, traits: known, orders: kept, events: newest } = profile;
    return [identifiers(ids), segments(memberships, left), traits(known), orders(kept), events(newest)];
  }

  function take(reference, found) {
    const same = reference === whom && profile && found;
    left = same ? leavers(profile.memberships, found.memberships, left) : [];
    [whom, profile] = [reference, found];
    pulse("live", "good");
    draw();
  }

  function nextRead() {
    if (document.hidden) return TRY_AGAIN;
    const ends = (profile?.memberships ?? []).map((one) => Date.parse(one.next_change_at ?? "") || Infinity);
    return Math.min(...ends) - Date.now() < READ_EVERY * 2 ? NEAR : READ_EVERY;
  }

  async function read() {
    try {
      const asked = reference();
      take(asked, await readProfile(asked));
      setTimeout(read, nextRead());
    } catch (error) {
      complain(error);
      setTimeout(read, TRY_AGAIN);
    }
  }

  function start() {
    setInterval(() => tick(find("profile-body")), TICK);
    window.analytics.ready(read);
  }

  return { start, complain };
}
