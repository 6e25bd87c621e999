// Light, dark, or as the device: shown at once, kept by the server (the same press does both without script).
import { csrf } from "./page.js";

document.getElementById("frame")?.addEventListener("submit", (event) => {
  const chosen = event.submitter;
  if (chosen?.name !== "theme") return;
  event.preventDefault();
  const root = document.documentElement;
  if (chosen.value) root.dataset.theme = chosen.value;
  else delete root.dataset.theme;
  document.querySelector("meta[name=color-scheme]").content = chosen.value || "light dark";
  for (const button of document.querySelectorAll("button[name=theme]"))
    button.setAttribute("aria-pressed", button === chosen);
  const body = new URLSearchParams({ theme: chosen.value, csrfmiddlewaretoken: csrf() });
  fetch(chosen.formAction, { method: "POST", body, redirect: "manual" }).catch(() => {}); // offline: for this page only
});
