// What each page of the shop looks like.
import { el, picture } from "./elements.js";
import { money } from "./products.js";

const link = (product) => `#/product/${product.id}`;

function tile(product, actions) {
  return el(
    "li",
    { class: "tile" },
    el("a", { href: link(product), "aria-label": `${product.name}, ${money(product.price)}` }, picture(product)),
    el("div", { class: "tile-text" }, el("h3", {}, el("a", { href: link(product) }, product.name)), el("span", { class: "price" }, money(product.price))),
    el("p", { class: "kind" }, product.category),
    el("button", { type: "button", class: "secondary", click: () => actions.add(product), "aria-label": `Add ${product.name} to the cart` }, "Add to cart"),
  );
}

const tiles = (products, actions) => el("ul", { class: "tiles" }, products.map((product) => tile(product, actions)));

export function list(products, actions) {
  const head = el("div", { class: "hero" }, el("h1", {}, "Coffee for people who come back"), el("p", {}, "Roasted by the water, in small batches, for regulars."));
  return el("div", {}, head, tiles(products, actions));
}

export function found(words, products, actions) {
  const head = el("div", { class: "hero small" }, el("h1", {}, `Results for “${words}”`), el("p", {}, el("a", { href: "#/" }, "All products")));
  const none = el("p", { class: "empty" }, "Nothing by that name. Try “filter”, “mug” or “decaf”.");
  return el("div", {}, head, products.length ? tiles(products, actions) : none);
}

export function product(product, actions) {
  return el(
    "article",
    { class: "product" },
    picture(product),
    el(
      "div",
      {},
      el("p", { class: "kind" }, el("a", { href: "#/" }, "Shop"), ` / ${product.category}`),
      el("h1", {}, product.name),
      el("p", { class: "note" }, product.note),
      el("p", { class: "price large" }, money(product.price)),
      el("button", { type: "button", class: "primary", click: () => actions.add(product) }, "Add to cart"),
    ),
  );
}

export function cartPage(lines, total, orders, actions) {
  return el("div", {}, el("h1", {}, "Your cart"), lines.length ? filled(lines, total, actions) : empty(), past(orders, actions));
}

function empty() {
  return el("div", { class: "card empty" }, el("p", {}, "Nothing in it yet."), el("a", { class: "button primary", href: "#/" }, "Look around"));
}

function filled(lines, total, actions) {
  const button = (line, by, name) => el("button", { type: "button", class: "step", click: () => actions.change(line, by), "aria-label": `${name} ${line.product.name}` }, by > 0 ? "+" : "−");
  const row = (line) =>
    el(
      "li",
      {},
      picture(line.product),
      el("a", { href: link(line.product) }, line.product.name),
      el("span", { class: "steps" }, button(line, -1, "One less"), el("span", {}, String(line.quantity)), button(line, 1, "One more")),
      el("span", { class: "price" }, money(line.product.price * line.quantity)),
    );
  const sum = el("p", { class: "sum" }, "Total ", el("strong", {}, money(total)));
  return el("div", { class: "card" }, el("ul", { class: "lines" }, lines.map(row)), sum, checkout(actions));
}

function checkout(actions) {
  const field = (label, name, kind) => el("label", {}, label, el("input", { name, type: kind.type ?? "text", autocomplete: kind.autocomplete, maxlength: 120 }));
  const submit = (event) => {
    event.preventDefault();
    actions.buy(Object.fromEntries([...new FormData(event.target)].map(([name, value]) => [name, value.trim()])));
  };
  return el(
    "form",
    { id: "checkout", class: "checkout", submit },
    el("p", { class: "hint" }, "Leave the address empty to collect your order at the quay."),
    el("div", { class: "fields" }, field("Street", "address", { autocomplete: "street-address" }), field("City", "city", { autocomplete: "address-level2" }), field("Phone", "phone", { type: "tel", autocomplete: "tel" })),
    el("button", { type: "submit", class: "primary" }, "Buy now"),
  );
}

function past(orders, actions) {
  if (!orders.length) return null;
  const last = orders.find((order) => !order.refunded);
  const row = (order) =>
    el(
      "li",
      { class: order.refunded ? "refunded" : "" },
      el("span", { class: "code" }, order.id),
      el("span", {}, order.refunded ? "refunded" : "paid"),
      el("span", { class: "price" }, money(order.total)),
      order === last ? el("button", { type: "button", class: "secondary", id: "refund", click: () => actions.refund(order) }, "Refund") : el("span"),
    );
  return el("section", { class: "past" }, el("h2", {}, "Your orders"), el("ul", { class: "card" }, orders.map(row)));
}

export function thanks(order, actions) {
  const names = order.lines.map(({ product, quantity }) => `${quantity} × ${product.name}`).join(", ");
  return el(
    "div",
    { class: "thanks" },
    el("h1", {}, order.refunded ? "Given back" : "Thank you"),
    el("p", { class: "note" }, order.refunded ? `${money(order.total)} are on their way back to you.` : `${names}: packed this afternoon.`),
    el("p", {}, "Order ", el("span", { class: "code", id: "order" }, order.id), ` · ${money(order.total)}`),
    el(
      "div",
      { class: "row" },
      el("a", { class: "button primary", href: "#/" }, "Back to the shop"),
      order.refunded ? null : el("button", { type: "button", class: "quiet", id: "refund", click: () => actions.refund(order) }, "I changed my mind: refund it"),
    ),
  );
}

export const missing = () => el("div", { class: "card empty" }, el("h1", {}, "That is not here"), el("a", { class: "button primary", href: "#/" }, "Back to the shop"));
export const nowhere = () => ({ title: "Not here", content: missing(), event: ["page", "Not Found"] });
