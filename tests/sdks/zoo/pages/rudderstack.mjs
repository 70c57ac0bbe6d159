// Sends with @rudderstack/analytics-js as a web page does.
import { RudderAnalytics } from "@rudderstack/analytics-js/bundled";
import { callWith } from "./shared/rudderstack.mjs";

window.send = async ({ url, writeKey, number, options }) => {
  const analytics = new RudderAnalytics();
  await new Promise((onLoaded) =>
    analytics.load(writeKey, url, { configUrl: url, logLevel: "ERROR", onLoaded, ...options }),
  );
  return callWith(analytics, number, (event) => event.messageId);
};
