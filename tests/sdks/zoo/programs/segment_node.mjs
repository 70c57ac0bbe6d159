// Send with @segment/analytics-node as a program does; print what was sent and what the SDK says was not delivered.
import { Analytics } from "@segment/analytics-node";

const [host, writeKey, number] = process.argv.slice(2);
const analytics = new Analytics({ writeKey, host, flushInterval: 100 });
const [sent, failed, settled] = [[], [], []];

for (let index = 0; index < Number(number); index++) {
  const userId = `node-${index % 10}`;
  const calls = [
    ["track", { userId, event: "Product Viewed", properties: { price: index, title: "Straße 👋" } }],
    ["identify", { userId, anonymousId: `a-${userId}`, traits: { plan: "gold", email: `${userId}@example.com` } }],
    ["page", { anonymousId: `a-${userId}`, category: "Shop", name: "Home" }],
    ["group", { userId, groupId: "company-1", traits: { name: "Company" } }],
    ["alias", { userId, previousId: `a-${userId}` }],
  ];
  const [method, call] = calls[index % calls.length];
  settled.push(
    new Promise((resolve) =>
      analytics[method](call, (error, context) => {
        (error ? failed : sent).push(context.event.messageId);
        resolve();
      }),
    ),
  );
}
await Promise.all(settled);
await analytics.closeAndFlush();
process.stdout.write(JSON.stringify({ sent, failed }));
