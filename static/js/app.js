// The small behaviour of every page. Each module makes something that already works without script quicker or kinder;
// each finds its own elements, now and in what htmx swaps in later.
import "./menus.js";
import "./theme.js";
import "./dialogs.js";
import "./toasts.js";
import "./forms.js";
import "./steppers.js";
import "./scales.js";
import "./keys.js";
import "./network.js";
import "./idle.js";
import { whenAdded } from "./page.js";

// Controls that only script can serve are hidden until it is here.
whenAdded("[data-open], [data-dismiss], [data-print]", (element) => (element.hidden = false));

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-print]")) window.print();
});
