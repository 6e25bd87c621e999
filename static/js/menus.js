// Menus are <details data-menu>: one open at a time, closed by Esc or a press elsewhere. The drawer (side bar on small
// screens) opens by a link to #side; here it becomes a button that keeps the focus inside and gives it back.

document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll("details[data-menu][open]"))
    if (!menu.contains(event.target)) menu.open = false;
});

document.addEventListener("keydown", (event) => {
  const menu = event.target.closest?.("details[data-menu][open]");
  if (!menu) return;
  if (event.key === "Escape") {
    menu.open = false;
    menu.querySelector("summary").focus();
    event.stopPropagation();
  }
  if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
  const places = [...menu.querySelectorAll("summary, .menu a, .menu button:not([hidden])")];
  const next = places.indexOf(document.activeElement) + (event.key === "ArrowDown" ? 1 : -1);
  places[(next + places.length) % places.length].focus();
  event.preventDefault();
});

const drawer = document.getElementById("side");
const opener = document.querySelector("[data-drawer=open]");

if (drawer && opener) {
  opener.setAttribute("role", "button");
  const show = (open) => {
    drawer.dataset.open = open;
    opener.setAttribute("aria-expanded", open);
    if (open) drawer.querySelector("a, summary, button").focus();
    else opener.focus();
  };
  const isOpen = () => drawer.dataset.open === "true";
  opener.setAttribute("aria-expanded", "false");
  opener.addEventListener("click", (event) => {
    event.preventDefault();
    show(true);
  });
  opener.addEventListener("keydown", (event) => {
    if (event.key !== " ") return;
    event.preventDefault();
    show(true);
  });
  document.addEventListener("click", (event) => {
    if (!isOpen()) return;
    const isClose = event.target.closest("[data-drawer=close]");
    if (isClose) event.preventDefault();
    if (isClose || !(drawer.contains(event.target) || opener.contains(event.target))) show(false);
  });
  document.addEventListener("keydown", (event) => {
    if (isOpen() && event.key === "Escape") show(false);
  });
  drawer.addEventListener("focusout", (event) => {
    if (isOpen() && event.relatedTarget && !drawer.contains(event.relatedTarget)) show(false);
  });
}
