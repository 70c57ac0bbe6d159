// The shop: which page is shown, what happens there, and which event tells of it.
import { el, find, tell } from "./elements.js";
import { watchInbox } from "./inbox.js";
import { account, cart, forget, orders } from "./memory.js";
import { agreeToLetters, connect } from "./platform.js";
import { CURRENCY, PRODUCTS, productOf, search } from "./products.js";
import { watchProfile } from "./profile.js";
import * as views from "./views.js";

// Before the script has come this is a plain list; the script plays it.
window.analytics ??= [];
const call = (method, ...values) =>
  window.analytics[method] ? window.analytics[method](...values) : window.analytics.push([method, ...values]);

const item = ({ product, quantity }) => ({ ...about(product), quantity });
const about = ({ id, name, price, category }) => ({ product_id: id, name, price, category, currency: CURRENCY });

const actions = {
  add(product) {
    cart.change(product.id, 1);
    call("track", "Product Added", { ...about(product), quantity: 1, cart_id: cart.id() });
    tell(`${product.name} is in your cart`);
    refresh();
  },
  change({ product }, by) {
    cart.change(product.id, by);
    call("track", by > 0 ? "Product Added" : "Product Removed", { ...about(product), quantity: 1, cart_id: cart.id() });
    show(false);
  },
  buy({ address, city, phone }) {
    if (!account.now()) return signIn.open(() => actions.buy({ address, city, phone }));
    const lines = cart.lines();
    const order = { id: `order-${Date.now().toString(36)}`, cart: cart.id(), total: cart.total(), lines, refunded: false };
    if (address || phone) call("identify", account.now().id, { ...(address && { address: { street: address, city } }), ...(phone && { phone }) });
    call("track", "Order Completed", { order_id: order.id, cart_id: order.cart, revenue: order.total, currency: CURRENCY, products: lines.map(item) });
    orders.add(order);
    cart.clear();
    location.hash = `#/thanks/${order.id}`;
  },
  refund(order) {
    orders.refund(order.id);
    call("track", "Order Refunded", { order_id: order.id, total: order.total, currency: CURRENCY });
    tell("Refunded. The order no longer counts towards what you have spent.");
    show(false);
  },
};

const signIn = {
  open(then = () => {}) {
    signIn.then = then;
    find("sign-in").showModal();
  },
  done(form) {
    const { name, email, newsletter } = Object.fromEntries(new FormData(form));
    const person = account.enter(name.trim(), email.trim());
    call("identify", person.id, { name: person.name, first_name: person.name.split(" ")[0], email: person.email });
    const agreed = newsletter ? agreeToLetters(person.id).catch((error) => tell(`You get no letters: ${error.message}`)) : Promise.resolve();
    if (person.isNew) agreed.then(() => call("track", "Signed Up", { method: "form" })); // the welcome asks for consent
    call("track", "Signed In", { method: "form" });
    form.reset();
    tell(`Welcome, ${person.name}`);
    show(false);
    signIn.then();
  },
};

function leave(everything) {
  if (everything) forget();
  account.leave();
  cart.clear();
  call("reset");
  tell(everything ? "You are somebody new: no cookie, no cart, no name." : "Signed out. This browser is a new visitor again.");
  if (location.hash === "#/") show();
  else location.hash = "#/";
}

const pages = {
  "": () => ({ title: "Shop", content: views.list(PRODUCTS, actions), event: ["page", "Shop"] }),
  search(words) {
    const found = search(words);
    return { title: `Search: ${words}`, content: views.found(words, found, actions), event: ["track", "Products Searched", { query: words }] };
  },
  product(id) {
    const product = productOf(id);
    if (!product) return { title: "Not here", content: views.missing(), event: ["page", "Not Found"] };
    return { title: product.name, content: views.product(product, actions), event: ["track", "Product Viewed", about(product)] };
  },
  cart: () => ({ title: "Cart", content: views.cartPage(cart.lines(), cart.total(), orders.of(), actions), event: ["page", "Cart"] }),
  thanks(id) {
    const order = orders.of().find((one) => one.id === id);
    return { title: "Thank you", content: order ? views.thanks(order, actions) : views.missing(), event: ["page", "Thank You"] };
  },
};

// Links such as #profile lead to a place on the page, not to another page.
const isPlace = () => /^#[^/]/.test(location.hash);

function show(arrived = true) {
  const [name = "", value = ""] = (isPlace() ? "" : location.hash).replace(/^#\//, "").split("/").map(decodeURIComponent);
  const { title, content, event } = (pages[name] ?? views.nowhere)(value);
  document.title = `${title} · Harbour Roasters`;
  find("main").replaceChildren(content);
  refresh();
  if (!arrived) return;
  call(...event);
  if (name) find("main").focus({ preventScroll: true });
  window.scrollTo({ top: 0 });
}

function refresh() {
  const person = account.now();
  find("count").textContent = cart.count();
  find("greeting").textContent = person ? person.name : "";
  find("account").textContent = person ? "Sign out" : "Sign in";
  if (!person) find("bell").hidden = true;
}

function listen() {
  window.addEventListener("hashchange", () => isPlace() || show());
  find("account").addEventListener("click", () => (account.now() ? leave(false) : signIn.open()));
  find("forget").addEventListener("click", () => leave(true));
  find("sign-in-cancel").addEventListener("click", () => find("sign-in").close());
  find("sign-in-form").addEventListener("submit", (event) => signIn.done(event.target));
  find("search").addEventListener("submit", (event) => {
    event.preventDefault();
    const words = new FormData(event.target).get("query").trim();
    location.hash = words ? `#/search/${encodeURIComponent(words)}` : "#/";
  });
}

listen();
show();
const panel = watchProfile(() => account.now()?.id ?? null);
const inbox = watchInbox(() => account.now()?.id ?? null);
connect(panel.complain).then(() => (panel.start(), inbox.start()));
