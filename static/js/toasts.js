// What was just done. Good news passes by CSS, bad news stays until it is closed.
// The server may send one with an htmx answer: HX-Trigger: {"toast": {"text": "…", "level": "error"}}.

import { icon, words } from "./page.js";

const region = document.getElementById("toasts");

/** Show a toast. `level` is "ok" or "error"; `action` is an optional {label, run}, such as Undo. */
export function toast(text, { level = "ok", action } = {}) {
  const note = document.createElement("div");
  note.className = level === "error" ? "toast" : "toast toast--passing";
  if (level === "error") note.setAttribute("role", "alert"); // the region itself is a status
  const said = document.createElement("span");
  said.className = "toast__text";
  said.textContent = text;
  note.append(icon(level === "error" ? "warn" : "check"), said);
  if (action) {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = action.label;
    button.addEventListener("click", () => {
      note.remove();
      action.run();
    });
    note.append(button);
  }
  const close = document.createElement("button");
  close.type = "button";
  close.dataset.dismiss = "";
  close.setAttribute("aria-label", words.close);
  close.textContent = "×";
  note.append(close);
  region.append(note);
}

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-dismiss]")) event.target.closest(".toast").remove();
});

region?.addEventListener("animationend", (event) => {
  if (event.animationName === "toast-out") event.target.remove();
});

document.addEventListener("toast", (event) => {
  const { text = event.detail.value, level } = event.detail;
  if (text) toast(text, { level });
});
