// Dialogs are <dialog>: `data-open="id"` opens one, `data-close` inside closes it, a press outside too unless it is a lock.
// The browser traps the focus and gives it back.

export function openDialog(dialog) {
  if (!dialog || dialog.open) return;
  document.querySelectorAll("details[data-menu][open]").forEach((menu) => (menu.open = false));
  dialog.showModal();
}

document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-open]");
  if (opener && opener.tagName !== "ASIDE") openDialog(document.getElementById(opener.dataset.open));
  if (event.target.closest("[data-close]")) event.target.closest("dialog")?.close();
  if (event.target.matches("dialog[open]:not(.lock)") && isOutside(event)) event.target.close();
});

function isOutside({ target, clientX, clientY }) {
  const box = target.getBoundingClientRect();
  return clientX < box.left || clientX > box.right || clientY < box.top || clientY > box.bottom;
}

// A dialog that htmx brings opens by itself, and leaves the page when it closes.
document.addEventListener("htmx:load", (event) => {
  const dialog = event.target.closest("dialog[data-brought]") ?? event.target.querySelector("dialog[data-brought]");
  if (!dialog) return;
  openDialog(dialog);
  dialog.addEventListener("close", () => dialog.remove());
});

// A form in a sheet that is sent has done its work: the sheet makes way for the answer.
document.addEventListener("submit", (event) => {
  if (event.target.popover && event.target.matches(":popover-open")) event.target.hidePopover();
});
