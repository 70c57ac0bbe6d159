// One call of each sort in turn, as SDKs for servers take them: the method, and its message.
export function call(index) {
  const userId = `node-${index % 10}`;
  const anonymousId = `a-${userId}`;
  const calls = [
    ["track", { userId, event: "Product Viewed", properties: { price: index, title: "Straße 👋" } }],
    ["identify", { userId, anonymousId, traits: { plan: "gold", email: `${userId}@example.com` } }],
    ["page", { anonymousId, category: "Shop", name: "Home" }],
    ["group", { userId, groupId: "company-1", traits: { name: "Company" } }],
    ["alias", { userId, previousId: anonymousId }],
  ];
  return calls[index % calls.length];
}

export function tell(sent, failed) {
  process.stdout.write(JSON.stringify({ sent: [...sent], failed: [...failed] }));
}
