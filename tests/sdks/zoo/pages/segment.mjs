// Sends with @segment/analytics-next as a web page does, from our tag or from its package.
import { AnalyticsBrowser } from "@segment/analytics-next";
import { inWaves } from "./waves.mjs";

function fromTag({ url, writeKey, options }) {
  window.analytics = [];
  window.analytics._loadOptions = options;
  const tag = document.createElement("script");
  tag.src = `${url}/analytics.js/v1/${writeKey}/analytics.min.js`;
  document.head.append(tag);
  return new Promise((resolve, reject) => {
    tag.onload = () => window.analytics.ready(() => resolve(window.analytics));
    tag.onerror = () => reject(new Error("the tag did not load"));
  });
}

async function fromPackage({ url, writeKey, options }) {
  const [analytics] = await AnalyticsBrowser.load({ writeKey, cdnURL: url }, options);
  return analytics;
}

function call(analytics, index) {
  switch (index % 5) {
    case 0:
      return analytics.track("Product Viewed", { price: index, title: "Straße 👋" });
    case 1:
      return analytics.identify(`browser-${index % 10}`, { plan: "gold", email: `browser-${index % 10}@example.com` });
    case 2:
      return analytics.page("Shop", "Home");
    case 3:
      return analytics.group("company-1", { name: "Company" });
    default:
      return analytics.alias(`browser-${index % 10}`, "before");
  }
}

window.send = async (settings) => {
  const analytics = await (settings.from === "tag" ? fromTag : fromPackage)(settings);
  const [sent, failed] = [[], []];
  analytics.on("error", ({ ctx }) => failed.push(ctx?.event.messageId ?? "an event"));
  await inWaves(settings.number, async (index) => {
    const context = await call(analytics, index);
    (context.failedDelivery() ? failed : sent).push(context.event.messageId);
  });
  return { sent, failed };
};
