// Builds elements; what a person typed only ever becomes text.
export function el(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") element.addEventListener(name, value);
    else if (value === true) element.setAttribute(name, "");
    else if (value !== false && value !== undefined) element.setAttribute(name, value);
  }
  element.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

export function picture({ picture: shape, tint }) {
  const name = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(name, "svg");
  svg.setAttribute("viewBox", "0 0 120 120");
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS(name, "use");
  use.setAttribute("href", `#${shape}`);
  svg.append(use);
  return el("span", { class: `picture ${tint}` }, svg);
}

export const find = (id) => document.getElementById(id);

let fading;
export function tell(message) {
  const toast = find("toast");
  toast.textContent = message;
  toast.classList.add("shown");
  clearTimeout(fading);
  fading = setTimeout(() => toast.classList.remove("shown"), 3500);
}
