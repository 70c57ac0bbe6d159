// Send with an SDK that tells of each batch: analytics-node, @rudderstack/rudder-sdk-node.
import { gunzipSync } from "node:zlib";
import { call, tell } from "./calls.mjs";

const [host, writeKey, number, name] = process.argv.slice(2);
const { default: Analytics } = await import(name);
const analytics = new Analytics(writeKey, { host, flushInterval: 100, errorHandler: () => {}, logLevel: "none" });
const [sent, failed] = [new Set(), new Set()];

function note(error, data) {
  const { batch } = data.batch ? data : JSON.parse(gunzipSync(data));
  for (const { messageId } of batch) (error ? failed : sent).add(messageId);
}

await Promise.all(
  Array.from({ length: Number(number) }, (_, index) => {
    const [method, message] = call(index);
    return new Promise((resolve) => analytics[method](message, (error, data) => resolve(note(error, data))));
  }),
);
tell(sent, failed);
