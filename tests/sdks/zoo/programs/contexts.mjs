// Send with an SDK that tells of each call by itself: @segment/analytics-node, @customerio/cdp-analytics-node.
import { call, tell } from "./calls.mjs";

const [host, writeKey, number, name] = process.argv.slice(2);
const { Analytics } = await import(name);
const analytics = new Analytics({ writeKey, host, flushInterval: 100 });
const [sent, failed, settled] = [[], [], []];

for (let index = 0; index < Number(number); index++) {
  const [method, message] = call(index);
  settled.push(
    new Promise((resolve) =>
      analytics[method](message, (error, context) => {
        (error ? failed : sent).push(context.event.messageId);
        resolve();
      }),
    ),
  );
}
await Promise.all(settled);
await analytics.closeAndFlush();
tell(sent, failed);
