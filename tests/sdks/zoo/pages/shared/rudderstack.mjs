// One call of each sort in turn with an SDK of RudderStack; what it takes over, it promises to send.
import { inWaves } from "./waves.mjs";

export async function callWith(analytics, number, idOf) {
  const calls = [
    (index, note) => analytics.track("Product Viewed", { price: index, title: "Straße 👋" }, {}, note),
    (index, note) => analytics.identify(`r-${index % 10}`, { email: `r-${index % 10}@example.com` }, {}, note),
    (_index, note) => analytics.page("Shop", "Home", {}, {}, note),
    (_index, note) => analytics.group("company-1", { name: "Company" }, {}, note),
    (index, note) => analytics.alias(`r-${index % 10}`, "before", {}, note),
  ];
  const sent = [];
  await inWaves(number, (index) =>
    new Promise((resolve) => calls[index % calls.length](index, resolve)).then((event) => sent.push(idOf(event))),
  );
  return { sent, failed: [] };
}
