/* global htmx */
// The calendar: arrows move between slots, Enter opens or books, M moves a visit; B, T, [ and ] are the page's own links.
// An open calendar asks for changes only while somebody can see it.
import { isTyping, stored, whenAdded } from "./page.js";

const within = (column) => [...column.querySelectorAll("a.slot, a.free")];
const top = (element) => element.getBoundingClientRect().top;

function beside(slot, step) {
  const columns = [...document.querySelectorAll(".cal__col")];
  for (let n = columns.indexOf(slot.closest(".cal__col")) + step; columns[n]; n += step) {
    const near = within(columns[n]).sort((one, other) => Math.abs(top(one) - top(slot)) - Math.abs(top(other) - top(slot)));
    if (near.length) return near[0];
  }
}

function along(slot, step) {
  const slots = within(slot.closest(".cal__col")).sort((one, other) => top(one) - top(other));
  return slots[slots.indexOf(slot) + step];
}

const ARROWS = {
  ArrowUp: (slot) => along(slot, -1),
  ArrowDown: (slot) => along(slot, 1),
  ArrowLeft: (slot) => beside(slot, -1),
  ArrowRight: (slot) => beside(slot, 1),
};

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
  if (document.querySelector("dialog[open]")) return;
  const slot = event.target.closest(".slot, .free");
  if (slot && ARROWS[event.key]) {
    ARROWS[event.key](slot)?.focus();
    event.preventDefault();
    return;
  }
  if (stored(localStorage, "tonus.keys.off")) return;
  if (slot?.matches(".slot") && event.key.toLowerCase() === "m") move(slot.href);
  document.querySelector(`[data-shortcut="${CSS.escape(event.key.toLowerCase())}"]`)?.click();
});

const isPoll = (asking) => asking.matches("#calendar > [hidden], #board > [hidden]");

document.addEventListener("htmx:beforeRequest", (event) => {
  if (isPoll(event.detail.elt) && (document.hidden || document.querySelector("dialog[open]"))) event.preventDefault();
});

// Signed out meanwhile: the answer is the page to sign in, which is no calendar.
document.addEventListener("htmx:beforeSwap", ({ detail }) => {
  const answered = new URL(detail.xhr.responseURL || location.href).pathname;
  if (isPoll(detail.requestConfig.elt) && answered !== detail.pathInfo.requestPath.split("?")[0]) detail.shouldSwap = false;
});

// A visit that is dragged onto a free time opens with that time filled in; the form says what it means before it is sent.
const move = (visit, to = "") => htmx.ajax("GET", `${visit}?move${to}`, { target: "#brought", swap: "innerHTML" });
const free = (event) => event.target.closest?.(".free");
let dragged = null;

document.addEventListener("dragstart", (event) => (dragged = event.target.closest?.("a.slot")));
document.addEventListener("dragend", () => (dragged = null));
for (const [name, over] of [["dragenter", true], ["dragover", true], ["dragleave", false], ["drop", false]])
  document.addEventListener(name, (event) => {
    const place = dragged && free(event);
    if (!place) return;
    place.toggleAttribute("data-over", over);
    if (name !== "dragleave") event.preventDefault();
    if (name === "drop") move(dragged.href, `&${new URL(place.href).searchParams}`);
  });

// A day that is picked is gone to at once.
whenAdded("[data-go]", (field) => {
  field.addEventListener("change", () => field.value && field.form.requestSubmit());
  field.form.querySelector("[data-go-button]").hidden = true;
});

// A free time that is pressed goes into the form; without script the button sends it.
document.addEventListener("click", (event) => {
  const pick = event.target.closest("[data-time]");
  const field = pick && document.getElementById("id_time");
  if (!field) return;
  event.preventDefault();
  field.value = pick.dataset.time;
  for (const each of pick.parentElement.children) each.setAttribute("aria-pressed", each === pick);
});
