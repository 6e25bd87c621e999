// Pictures of exercises: the positions stand still; Play shows the moving picture in their place, Stop brings them back.
// Nothing moves unless asked, so there is nothing to hold back where people want less motion. Works for what arrives later, too.
function ready(figure) {
  const button = figure.querySelector("[data-play]");
  if (button) button.hidden = false;
}

function toggle(figure, button) {
  const img = figure.querySelector("img");
  const word = button.querySelector("[data-word]");
  const moves = figure.toggleAttribute("data-moves");
  figure.still ??= img.getAttribute("src");
  img.src = moves ? figure.dataset.moving : figure.still;
  [word.textContent, word.dataset.stop] = [word.dataset.stop, word.textContent];
}

document.querySelectorAll("[data-motion]").forEach(ready);
document.addEventListener("htmx:load", (event) => event.target.querySelectorAll?.("[data-motion]").forEach(ready));
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-play]");
  const figure = button?.closest("[data-motion]");
  if (figure) toggle(figure, button);
});
