// Keys from anywhere: Ctrl K or / to find, ? for the list, G then C, D or P. Single letters work only while no field has
// the focus, and can be turned off (WCAG 2.1.4).
import { openDialog } from "./dialogs.js";
import { isTyping, stored, whenAdded } from "./page.js";

const OFF = "tonus.keys.off";
let went = 0; // when G was pressed, in ms

function find() {
  const field = document.getElementById("find");
  field?.focus();
  field?.select();
  return Boolean(field);
}

document.addEventListener("keydown", (event) => {
  if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k" && !event.altKey) {
    if (find()) event.preventDefault();
    return;
  }
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
  if (isTyping(event.target) || document.querySelector("dialog[open]") || stored(localStorage, OFF)) return;
  const key = event.key.toLowerCase();
  if (key === "/" && find()) event.preventDefault();
  if (event.key === "?") openDialog(document.getElementById("keys"));
  if (event.timeStamp - went < 1500 && /^[a-z]$/.test(key))
    document.querySelector(`.nav a[data-key="${key}"]`)?.click(); // a page one may not see has no key
  went = key === "g" ? event.timeStamp : 0;
});

whenAdded("[data-keys-on]", (box) => {
  box.checked = !stored(localStorage, OFF);
  box.addEventListener("change", () => stored(localStorage, OFF, box.checked ? null : "yes"));
});
