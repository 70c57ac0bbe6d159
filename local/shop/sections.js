// The sections of the profile panel, made of what the Profile API answers. Times and countdowns are drawn by `tick`, so that the rest can stand still.
import { el } from "./elements.js";
import { money } from "./products.js";

const KINDS = { email: "E-mail", user_id: "User id", anonymous_id: "Anonymous id" };

const short = (value) => (value.length > 24 ? `${value.slice(0, 12)}…${value.slice(-8)}` : value);
const shown = (value) => (typeof value === "object" && value !== null ? Object.values(value).join(", ") : String(value));
const section = (name, content) => el("section", { class: "facts" }, el("h3", {}, name), content);
const none = (text) => el("p", { class: "empty" }, text);
const when = (instant) => (instant ? el("time", { datetime: instant }, ago(instant)) : "");

function ago(instant) {
  const seconds = Math.max(0, Math.round((Date.now() - Date.parse(instant)) / 1000));
  if (seconds < 2) return "now";
  if (seconds < 60) return `${seconds} s ago`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ago`;
  return new Date(instant).toLocaleString("en-GB", { dateStyle: "medium", timeStyle: "short" });
}

export function identifiers(all) {
  const row = ({ kind, value }) =>
    el("li", {}, el("span", { class: "kind" }, KINDS[kind] ?? kind), el("span", { class: "code", title: value ?? "" }, value ? short(value) : "—"));
  return section("Identifiers", all.length ? el("ul", { class: "pairs" }, all.map(row)) : none("None yet."));
}

export function traits(all) {
  const row = ([name, { value, source, time }]) =>
    el("li", {}, el("span", { class: "kind" }, name), el("span", {}, shown(value)), el("small", {}, source, " · ", when(time)));
  const entries = Object.entries(all);
  return section("Traits", entries.length ? el("ul", { class: "pairs traits" }, entries.map(row)) : none("Sign in, and your name and e-mail appear here."));
}

export function segments(inside, left) {
  const cards = [...inside.map(member), ...left.map(leaver)];
  return section("Segments", cards.length ? el("ul", { class: "segments" }, cards) : none("In none yet. Look at a product."));
}

export function orders({ count, revenue }) {
  const text = `${count} ${count === 1 ? "order" : "orders"}, ${money(revenue)} net of refunds`;
  return section("Orders", count ? el("p", { id: "orders-kept" }, text) : none("None that stands."));
}

function member({ segment, name, since, next_change_at: next }) {
  const bar = next && el("progress", { max: 1, value: 1, "aria-label": `time left in ${name}` });
  const line = el("span", { class: "countdown" }, next ? "" : "to stay");
  return el("li", { class: "in", "data-segment": segment, "data-since": since, "data-end": next ?? undefined }, el("strong", {}, name), line, bar);
}

const leaver = ({ segment, name, left }) =>
  el("li", { class: "out", "data-left": segment }, el("strong", {}, name), el("span", { class: "countdown" }, "left ", when(new Date(left).toISOString())));

export function events(all) {
  const row = ({ type, event, timestamp }) => el("li", {}, el("span", {}, event || type), el("small", {}, when(timestamp)));
  return section("Newest events", all.length ? el("ul", { class: "events" }, all.map(row)) : none("None yet."));
}

function say(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

function countDown(card) {
  const end = Date.parse(card.dataset.end);
  const remaining = Math.max(0, end - Date.now()) / 1000;
  const span = Math.max(1, (end - Date.parse(card.dataset.since)) / 1000);
  const precise = remaining < 90 ? `${remaining.toFixed(1)} s` : `${Math.round(remaining / 60)} min`;
  say(card.querySelector(".countdown"), remaining ? `next change in ${precise}` : "changing now");
  card.querySelector("progress").value = Math.min(1, remaining / span);
}

export function tick(body) {
  body.querySelectorAll("time").forEach((time) => say(time, ago(time.dateTime)));
  body.querySelectorAll("[data-end]").forEach(countDown);
}
