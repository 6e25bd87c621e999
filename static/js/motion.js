// Pictures of exercises: the positions stand still; Play shows the moving picture in their place, Stop brings them back.
// Nothing moves unless asked, so there is nothing to hold back where people want less motion. Works for what arrives later, too.
function ready(figure) {
  figure.querySelectorAll("[data-play], [data-sides]").forEach((part) => (part.hidden = false));
}

function show(figure) {
  figure.querySelector("img").src = figure.hasAttribute("data-moves") ? figure.dataset.moving : figure.dataset.panels;
}

function toggle(figure, button) {
  const word = button.querySelector("[data-word]");
  figure.toggleAttribute("data-moves");
  [word.textContent, word.dataset.stop] = [word.dataset.stop, word.textContent];
  show(figure);
}

function turn(figure, chosen) {
  chosen.parentElement.querySelectorAll("button").forEach((each) => each.setAttribute("aria-pressed", String(each === chosen)));
  Object.assign(figure.dataset, { panels: chosen.dataset.panels, moving: chosen.dataset.moving });
  figure.querySelector("img").alt = chosen.dataset.alt;
  show(figure);
}

document.querySelectorAll("[data-motion]").forEach(ready);
document.addEventListener("htmx:load", (event) => event.target.querySelectorAll?.("[data-motion]").forEach(ready));
document.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  const figure = button?.closest("[data-motion]");
  if (!figure) return;
  if (button.hasAttribute("data-play")) toggle(figure, button);
  else if (button.closest("[data-sides]")) turn(figure, button);
});
