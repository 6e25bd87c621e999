// Forms: focus on the first error, Ctrl Enter sends, one press sends once.
import { whenAdded } from "./page.js";

document.addEventListener("htmx:afterSettle", (event) => {
  if (event.detail.requestConfig?.elt?.closest?.("[data-renewed]")) return; // it knows what was pressed, and what only typed
  event.target.querySelector?.("[aria-invalid=true]")?.focus();
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
  const form = event.target.form ?? event.target.closest?.("form");
  const primary = form?.querySelector(".btn--primary:not([type=button], [aria-disabled=true])");
  if (primary) form.requestSubmit(primary);
});

// A second press while the first is on its way changes nothing. The button itself stays enabled: its name may be sent.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.method !== "post") return;
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "true";
  event.submitter?.setAttribute("aria-busy", "true");
  setTimeout(() => release(form), 10_000); // the answer was a file, or the network is gone: it may be tried again
});

function release(form) {
  delete form.dataset.sent;
  form.querySelectorAll("[aria-busy=true]").forEach((button) => button.removeAttribute("aria-busy"));
}

window.addEventListener("pageshow", (event) => {
  if (!event.persisted) return; // back from the browser's memory: the forms there may be sent again
  document.querySelectorAll("form[data-sent]").forEach(release);
});

// A button that may not be used yet stays focusable and says why beside it; pressing it does nothing.
document.addEventListener(
  "click",
  (event) => {
    if (event.target.closest("button[aria-disabled=true], a[aria-disabled=true]")) event.preventDefault();
  },
  true,
);

// A one-time code sends itself when its last digit is there.
whenAdded("input[autocomplete=one-time-code][data-length]", (input) =>
  input.addEventListener("input", () => {
    if (input.value.replace(/\D/g, "").length >= Number(input.dataset.length)) input.form.requestSubmit();
  }),
);

// What was typed into a form that says so is not left behind unsaved without a question.
let changed = null;
document.addEventListener("input", (event) => {
  if (event.target.form?.matches("[data-guard]")) changed = event.target.form;
});
document.addEventListener("submit", (event) => {
  if (event.target === changed) changed = null;
});
document.addEventListener("htmx:beforeOnLoad", (event) => {
  if (event.detail.xhr.getResponseHeader("HX-Redirect")) changed = null; // it was taken
});
window.addEventListener("beforeunload", (event) => {
  if (changed) event.preventDefault();
});
