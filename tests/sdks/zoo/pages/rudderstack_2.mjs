// Sends with rudder-sdk-js as a web page does.
import * as analytics from "rudder-sdk-js";
import { callWith } from "./shared/rudderstack.mjs";

window.send = async ({ url, writeKey, number, options }) => {
  analytics.load(writeKey, url, { configUrl: url, logLevel: "ERROR", ...options });
  await new Promise((resolve) => analytics.ready(resolve));
  return callWith(analytics, number, (event) => event.message.messageId);
};
