// Sends with analytics and @analytics/segment as a web page does, the plugin loading our tag.
import { Analytics } from "analytics";
import segment from "@analytics/segment";
import { inWaves } from "./shared/waves.mjs";

window.send = async ({ url, writeKey, number }) => {
  const customScriptSrc = `${url}/analytics.js/v1/${writeKey}/analytics.min.js`;
  const analytics = Analytics({ app: "shop", plugins: [segment({ writeKey, customScriptSrc })] });
  const [sent, failed] = [[], []];
  await new Promise((resolve) => analytics.ready(resolve));
  window.analytics.addSourceMiddleware(({ payload, next }) => (sent.push(payload.obj.messageId), next(payload)));
  window.analytics.on("error", ({ ctx }) => failed.push(ctx?.event.messageId ?? "an event"));
  const calls = [
    (index) => analytics.track("Product Viewed", { price: index, title: "Straße 👋" }),
    (index) => analytics.identify(`g-${index % 10}`, { email: `g-${index % 10}@example.com` }),
    () => analytics.page({ title: "Home" }),
    () => analytics.plugins.segment.group("company-1", { name: "Company" }),
  ];
  await inWaves(number, (index) => calls[index % calls.length](index));
  return { sent, failed };
};
