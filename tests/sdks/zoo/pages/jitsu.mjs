// Sends with @jitsu/js as a web page does.
import { jitsuAnalytics } from "@jitsu/js";
import { watchFetch } from "./shared/watch.mjs";
import { inWaves } from "./shared/waves.mjs";

window.send = async ({ url, writeKey, number, options }) => {
  const told = watchFetch();
  const analytics = jitsuAnalytics({ host: url, writeKey: `${writeKey}:secret`, ...options });
  const calls = [
    (index) => analytics.track("Product Viewed", { price: index, title: "Straße 👋" }),
    (index) => analytics.identify(`jitsu-${index % 10}`, { plan: "gold", email: `jitsu-${index % 10}@example.com` }),
    () => analytics.page({ name: "Home", category: "Shop" }),
    () => analytics.group("company-1", { name: "Company" }),
  ];
  await inWaves(number, (index) => calls[index % calls.length](index));
  return told;
};
