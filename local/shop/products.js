// What the shop sells. Prices are in euros.
const bean = (id, name, price, tint, note) => ({ id, name, price, tint, note, category: "Beans", picture: "bag" });

export const CURRENCY = "EUR";
export const PRODUCTS = [
  bean("B-100", "Harbour Espresso", 14.5, "umber", "Dark and round: cocoa, walnut, a long finish. Roasted on Tuesdays."),
  bean("B-110", "Guji Filter", 16, "apricot", "Ethiopia, washed: bergamot, peach and jasmine in a light roast."),
  bean("B-120", "Kiambu Peaberry", 17.9, "berry", "Kenya: blackcurrant, grapefruit, brown sugar. For the curious."),
  bean("B-130", "Night Watch Decaf", 15, "slate", "Colombia, decaffeinated with sugar cane: caramel after nine."),
  { id: "E-200", name: "Ceramic Dripper", price: 24, tint: "sea", note: "One cup, slow. Spiral ribs, thick walls, made to be kept.", category: "Brewing", picture: "dripper" },
  { id: "E-210", name: "Hand Grinder", price: 69, tint: "steel", note: "Steel burrs, forty clicks, no noise before breakfast.", category: "Brewing", picture: "grinder" },
  { id: "E-220", name: "Filter Papers", price: 5.5, tint: "straw", note: "One hundred, unbleached, for the ceramic dripper.", category: "Brewing", picture: "papers" },
  { id: "C-300", name: "Quay Mug", price: 12, tint: "brick", note: "Stoneware, 300 ml, glazed in the red of the harbour doors.", category: "Cups", picture: "mug" },
];

export const productOf = (id) => PRODUCTS.find((product) => product.id === id);

export function search(query) {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  const text = ({ name, note, category }) => `${name} ${note} ${category}`.toLowerCase();
  return PRODUCTS.filter((product) => words.every((word) => text(product).includes(word)));
}

export const money = (amount) => new Intl.NumberFormat("en-IE", { style: "currency", currency: CURRENCY }).format(amount);
