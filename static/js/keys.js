// Keys from anywhere: Ctrl K or / to find, ? for the list, G then C, D or P; in lists of people J and K, or the arrows, also
// down from the field that finds them. Single letters work only while no field has the focus, and can be turned off
// (WCAG 2.1.4).
import { openDialog } from "./dialogs.js";
import { isTyping, stored, whenAdded } from "./page.js";

const OFF = "tonus.keys.off";
let went = -Infinity; // when G was pressed, in ms

function find() {
  const field = document.getElementById("find");
  field?.focus();
  field?.select();
  return Boolean(field);
}

/** Go on to the next or previous row of a list of people; from outside to its first. */
function toRow(step) {
  const rows = [...document.querySelectorAll("[data-rows] [data-row]")];
  const at = rows.indexOf(document.activeElement);
  const row = at < 0 ? rows[0] : rows[at + step];
  row?.focus();
  return Boolean(row);
}

const ARROWS = { ArrowDown: 1, ArrowUp: -1 };

document.addEventListener("keydown", (event) => {
  if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k" && !event.altKey) {
    if (find()) event.preventDefault();
    return;
  }
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
  const fromField = event.target.id === "find" && event.key === "ArrowDown";
  if ((fromField || event.target.matches("[data-row]")) && event.key in ARROWS) {
    if (toRow(ARROWS[event.key])) event.preventDefault();
    return;
  }
  if (isTyping(event.target) || document.querySelector("dialog[open]") || stored(localStorage, OFF)) return;
  const key = event.key.toLowerCase();
  if (key === "/" && find()) event.preventDefault();
  if (key === "j" || key === "k") toRow(key === "j" ? 1 : -1);
  if (event.key === "?") openDialog(document.getElementById("keys"));
  if (event.timeStamp - went < 1500 && /^[a-z]$/.test(key))
    document.querySelector(`.nav a[data-key="${key}"]`)?.click(); // a page one may not see has no key
  went = key === "g" ? event.timeStamp : -Infinity;
});

whenAdded("[data-keys-on]", (box) => {
  box.checked = !stored(localStorage, OFF);
  box.addEventListener("change", () => stored(localStorage, OFF, box.checked ? null : "yes"));
});
