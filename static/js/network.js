// Saving, saved, not saved, no network: one small line in the top bar. And what htmx needs from us.
import { csrf, icon, words } from "./page.js";
import { toast } from "./toasts.js";

const line = document.getElementById("sync");
const ICONS = { busy: "undo", saved: "cloud", failed: "warn", off: "offline" };

const time = () => new Date().toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit" });

/** Say in the top bar how saving stands: "busy", "saved", "failed", "off", or "" for nothing to say; the words are the page's. */
export function say(state) {
  if (!line) return;
  line.dataset.state = state;
  line.replaceChildren();
  const said = line.dataset[state];
  if (said) line.append(icon(ICONS[state]), state === "busy" ? said : `${said} ${time()}`);
}

window.addEventListener("offline", () => say("off"));
window.addEventListener("online", () => say(""));
if (!navigator.onLine) say("off");

// --- htmx ----------------------------------------------------------------------------------------------------------
const isWrite = (event) => (event.detail.requestConfig?.verb ?? event.detail.verb) !== "get";
// a POST that only looks things up, so that no name stands in an address, has nothing to save
const isSave = (event) => isWrite(event) && !event.detail.elt.closest("[data-reads]");

document.addEventListener("htmx:configRequest", (event) => {
  if (isWrite(event)) event.detail.headers["X-CSRFToken"] = csrf();
});
document.addEventListener("htmx:beforeRequest", (event) => isSave(event) && say("busy"));
document.addEventListener("htmx:afterRequest", (event) => {
  if (isSave(event)) say(event.detail.successful ? "saved" : "failed");
});

// The session ended meanwhile: the server sends us to the sign-in page, which must not land in the middle of this one.
document.addEventListener("htmx:beforeSwap", (event) => {
  const answered = new URL(event.detail.xhr.responseURL || location.href);
  if (answered.pathname !== location.pathname && answered.pathname.startsWith("/sign-in/")) {
    event.detail.shouldSwap = false;
    document.dispatchEvent(new CustomEvent("tonus:signed-out"));
  }
});

document.addEventListener("htmx:responseError", (event) => {
  const { status } = event.detail.xhr;
  toast(status === 403 ? words.refused : status === 429 ? words.tooMany : words.failed, { level: "error" });
});
document.addEventListener("htmx:sendError", () => {
  say("off");
  toast(words.unsent, { level: "error" });
});
document.addEventListener("htmx:timeout", () => toast(words.unsent, { level: "error" }));

