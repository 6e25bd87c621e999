// Light, dark, or as the device: shown at once, kept by the server (the form does the same without script).
import { csrf, whenAdded } from "./page.js";

whenAdded("[data-theme-form]", (form) =>
  form.addEventListener("submit", (event) => {
    const chosen = event.submitter;
    if (!chosen) return;
    event.preventDefault();
    const root = document.documentElement;
    if (chosen.value) root.dataset.theme = chosen.value;
    else delete root.dataset.theme;
    document.querySelector("meta[name=color-scheme]").content = chosen.value || "light dark";
    for (const button of form.querySelectorAll("[name=theme]"))
      button.setAttribute("aria-pressed", button === chosen);
    const body = new FormData(form);
    body.set("theme", chosen.value);
    fetch(form.action, { method: "POST", body, headers: { "X-CSRFToken": csrf() }, redirect: "manual" }).catch(() => {});
  }),
);
