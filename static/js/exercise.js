// How an exercise went, while it is told: what a change of pain means, and nothing lost where there is no network.
// Without this the form is sent all the same, and the next page says it.
import { words } from "./page.js";
import { toast } from "./toasts.js";

const form = document.querySelector("[data-exercise]");

function verdict() {
  const told = (name) => form.querySelector(`[name=${name}]:checked`)?.value;
  const [before, after] = [told("pain_before"), told("pain_after")];
  if (form.elements.too_painful.checked) return "stop";
  if (before === undefined || after === undefined) return "";
  const rise = after - before;
  return rise >= Number(form.dataset.rise) ? "stop" : rise > 0 ? "more" : "same";
}

form?.addEventListener("change", () => {
  const now = verdict();
  form.querySelectorAll("[data-when]").forEach((said) => (said.hidden = said.dataset.when !== now));
});

// Before the others hear of it: what is not sent is not marked as sent.
form?.addEventListener(
  "submit",
  (event) => {
    if (navigator.onLine) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    toast(words.unsent, { level: "error" });
  },
  true,
);
