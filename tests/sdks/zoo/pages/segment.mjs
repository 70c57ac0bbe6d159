// Sends with @segment/analytics-next as a web page does: from our tag, its package, the snippet, or a consent wrapper.
import { createWrapper } from "@segment/analytics-consent-tools";
import { AnalyticsBrowser } from "@segment/analytics-next";
import { min as snippet } from "@segment/snippet";
import { inWaves } from "./shared/waves.mjs";

function add(script) {
  document.head.append(script);
  return new Promise((resolve) => window.analytics.ready(() => resolve(window.analytics)));
}

const sources = {
  tag({ url, writeKey, options }) {
    window.analytics = [];
    window.analytics._loadOptions = options;
    const loaded = document.createElement("script");
    loaded.src = `${url}/analytics.js/v1/${writeKey}/analytics.min.js`;
    return new Promise((resolve, reject) => {
      loaded.onload = () => window.analytics.ready(() => resolve(window.analytics));
      loaded.onerror = () => reject(new Error("the tag did not load"));
      document.head.append(loaded);
    });
  },
  async package({ url, writeKey, options }) {
    const [analytics] = await AnalyticsBrowser.load({ writeKey, cdnURL: url }, options);
    return analytics;
  },
  snippet({ url, writeKey, options }) {
    // It is written for https, which nothing on this machine speaks.
    const text = snippet({ apiKey: writeKey, host: new URL(url).host, page: false, load: options });
    return add(Object.assign(document.createElement("script"), { text: text.replaceAll("https:", "http:") }));
  },
  async consent({ url, writeKey, options }) {
    const withConsent = createWrapper({ getCategories: () => ({ C0002: true, C0004: false }) });
    const analytics = new AnalyticsBrowser();
    withConsent(analytics).load({ writeKey, cdnURL: url }, options);
    const [instance] = await analytics;
    return instance;
  },
};

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
  const analytics = await sources[settings.from](settings);
  const [sent, failed] = [[], []];
  analytics.on("error", ({ ctx }) => failed.push(ctx?.event.messageId ?? "an event"));
  await inWaves(settings.number, async (index) => {
    const context = await call(analytics, index);
    (context.failedDelivery() ? failed : sent).push(context.event.messageId);
  });
  return { sent, failed };
};
