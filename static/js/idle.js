// Staff are signed out after some idle minutes. Whoever types is not idle: the server hears of it every few minutes.
// A minute before, a dialog asks; at the end what was typed is kept in this tab, and put back for the same person.
import { openDialog } from "./dialogs.js";
import { csrf, stored, words } from "./page.js";
import { toast } from "./toasts.js";

const { idle, keepAlive, user } = document.body.dataset;
const limit = Number(idle) * 1000;
const WARNING = 60_000;
const TELL_EVERY = 4 * 60_000;
const KEPT = "tonus.typed";
const USED = "tonus.used"; // shared by the tabs of this browser: who works in one is not idle in the others

// --- what was typed --------------------------------------------------------------------------------------------------
const FIELDS = "input:not([type=hidden], [type=password], [type=file], [type=search]), textarea, select";
const place = (form) => form.getAttribute("action") + "#" + [...document.forms].indexOf(form);

function keep() {
  const forms = {};
  for (const form of document.querySelectorAll("form[method=post]:not([data-sent])")) {
    const typed = [...form.querySelectorAll(FIELDS)]
      .filter((field) => field.name && isChanged(field))
      .map((field) => [field.name, field.value, isTicked(field) ? field.checked : null]);
    if (typed.length) forms[place(form)] = typed;
  }
  if (Object.keys(forms).length)
    stored(sessionStorage, KEPT, JSON.stringify({ user, page: location.pathname, forms }));
}

const isTicked = (field) => field.type === "checkbox" || field.type === "radio";

function isChanged(field) {
  if (isTicked(field)) return field.checked !== field.defaultChecked;
  if (field.tagName === "SELECT") return [...field.options].some((option) => option.selected !== option.defaultSelected);
  return field.value !== field.defaultValue;
}

function putBack() {
  const kept = JSON.parse(stored(sessionStorage, KEPT) ?? "null");
  if (!kept) return;
  if (kept.user !== user) return stored(sessionStorage, KEPT, null); // somebody else signed in: it is not theirs
  if (kept.page !== location.pathname) return;
  stored(sessionStorage, KEPT, null);
  for (const form of document.querySelectorAll("form[method=post]"))
    for (const [name, value, checked] of kept.forms[place(form)] ?? []) {
      const same = [...form.elements].filter((field) => field.name === name);
      const field = checked === null ? same[0] : same.find((one) => one.value === value);
      if (!field) continue;
      if (checked === null) field.value = value;
      else field.checked = checked;
      field.dispatchEvent(new Event("input", { bubbles: true }));
      field.dispatchEvent(new Event("change", { bubbles: true }));
    }
  toast(words.back);
}

// --- the clock -------------------------------------------------------------------------------------------------------
if (limit) {
  const warning = document.getElementById("idle-warning");
  const lock = document.getElementById("lock");
  let used = Date.now(); // when somebody last did something here
  let shared = 0; // when the other tabs last heard of it
  let told = Date.now(); // when the server last heard of it
  let ended = false;

  const tell = () => {
    told = Date.now();
    fetch(keepAlive, { headers: { Accept: "application/json" } })
      .then((answer) => (answer.status === 401 || answer.status === 403) && end())
      .catch(() => (told = 0)); // no network: try again at the next sign of use
  };
  const use = () => {
    if (ended || warning.open) return; // the question is answered by its button
    used = Date.now();
    if (used - shared > 5000) stored(localStorage, USED, String((shared = used)));
    if (used - told > TELL_EVERY) tell();
  };
  const end = () => {
    if (ended) return;
    ended = true;
    keep();
    if (warning.open) warning.close();
    lock.querySelector("[data-return]").href += `?next=${encodeURIComponent(location.pathname + location.search)}`;
    openDialog(lock);
  };
  const check = () => {
    if (ended) return;
    used = Math.max(used, Number(stored(localStorage, USED)) || 0);
    const left = limit - (Date.now() - used);
    if (left > WARNING && warning.open) warning.close();
    if (left <= 0) {
      const body = new URLSearchParams({ csrfmiddlewaretoken: csrf() });
      fetch(document.querySelector("[data-sign-out]").formAction, { method: "POST", body, redirect: "manual" }).catch(() => {});
      end();
    } else if (left <= WARNING) {
      openDialog(warning);
      warning.querySelector("[data-seconds]").textContent = Math.ceil(left / 1000);
    }
  };

  for (const sign of ["pointerdown", "keydown", "input", "wheel", "touchstart"])
    addEventListener(sign, use, { passive: true, capture: true });
  warning.addEventListener("close", () => {
    if (ended) return;
    used = Date.now();
    tell();
  });
  warning.querySelector("[data-stay]").addEventListener("click", () => warning.close());
  lock.addEventListener("cancel", (event) => event.preventDefault()); // Esc does not open the record again
  document.addEventListener("tonus:signed-out", end);
  document.addEventListener("visibilitychange", check); // a computer that slept has run out at once
  setInterval(check, 1000);
  putBack();
}
