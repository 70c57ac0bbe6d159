// What the browser keeps for the shop: the cart, who is signed in, and the orders of each account.
import { productOf } from "./products.js";

const read = (name, otherwise) => JSON.parse(localStorage.getItem(`shop.${name}`) ?? JSON.stringify(otherwise));
const write = (name, value) => localStorage.setItem(`shop.${name}`, JSON.stringify(value));

export const cart = {
  // The same until it is bought or left, so that a journey can tell this cart from the next.
  id() {
    if (!read("cart-id", "")) write("cart-id", crypto.randomUUID());
    return read("cart-id", "");
  },
  lines: () =>
    Object.entries(read("cart", {}))
      .map(([id, quantity]) => ({ product: productOf(id), quantity }))
      .filter(({ product }) => product),
  change(id, by) {
    const content = read("cart", {});
    const quantity = Math.max(0, (content[id] ?? 0) + by);
    if (quantity) content[id] = quantity;
    else delete content[id];
    write("cart", content);
  },
  clear() {
    write("cart", {});
    write("cart-id", "");
  },
  count: () => cart.lines().reduce((sum, { quantity }) => sum + quantity, 0),
  total: () => Math.round(cart.lines().reduce((sum, { product, quantity }) => sum + product.price * quantity, 0) * 100) / 100,
};

// The same address is the same account in every browser, and the id shows nothing of it.
function accountId(email) {
  let hash = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(email.trim().toLowerCase())) hash = Math.imul(hash ^ byte, 0x01000193);
  return `customer-${(hash >>> 0).toString(16).padStart(8, "0")}`;
}

export const account = {
  now: () => read("account", null),
  enter(name, email) {
    const person = { id: accountId(email), name, email };
    const before = read("accounts", []);
    write("account", person);
    write("accounts", [...new Set([...before, person.id])]);
    return { ...person, isNew: !before.includes(person.id) };
  },
  leave: () => write("account", null),
};

export const orders = {
  of: () => read("orders", {})[account.now()?.id ?? "guest"] ?? [],
  add(order) {
    const all = read("orders", {});
    const owner = account.now()?.id ?? "guest";
    all[owner] = [order, ...(all[owner] ?? [])];
    write("orders", all);
  },
  refund(id) {
    const all = read("orders", {});
    for (const order of Object.values(all).flat()) if (order.id === id) order.refunded = true;
    write("orders", all);
  },
};

export function forget() {
  Object.keys(localStorage)
    .filter((name) => name.startsWith("shop."))
    .forEach((name) => localStorage.removeItem(name));
}
