// What the other modules share: elements now and later, words from the page, small storage that may be refused.

/** Call `serve` for each element that matches `selector`, in the page and in every part that htmx swaps in. */
export function whenAdded(selector, serve) {
  const within = (root) => {
    if (root.matches?.(selector)) serve(root);
    root.querySelectorAll(selector).forEach(serve);
  };
  within(document);
  document.addEventListener("htmx:load", (event) => within(event.target));
}

/** The page's translated words and addresses. */
export const words = document.getElementById("words")?.dataset ?? {};

/** The token without which the server takes no POST. */
export const csrf = () => document.querySelector("[name=csrfmiddlewaretoken]")?.value ?? "";

/** Is somebody typing here? Single-letter keys then stay letters. */
export const isTyping = (element) =>
  element.matches("input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]");

/** Draw an icon of the sprite, whose address the page gives. */
export function icon(name) {
  const SVG = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(SVG, "svg");
  for (const [key, value] of [["class", "i"], ["viewBox", "0 0 24 24"], ["aria-hidden", "true"]]) svg.setAttribute(key, value);
  const use = document.createElementNS(SVG, "use");
  use.setAttribute("href", `${words.icons}#${name}`);
  svg.append(use);
  return svg;
}

/** Read or write this browser's storage; private windows and full disks refuse, and the page goes on. */
export function stored(storage, key, value) {
  try {
    if (value === undefined) return storage.getItem(key);
    if (value === null) storage.removeItem(key);
    else storage.setItem(key, value);
  } catch {
    // nothing is kept then
  }
  return null;
}
