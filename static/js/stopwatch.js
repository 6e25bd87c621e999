// A stopwatch beside a field of seconds: the first press starts it, the second writes the time into the field.

let running; // {button, field, began, tick}

function stop() {
  const { button, field, began, tick } = running;
  cancelAnimationFrame(tick);
  running = undefined;
  field.value = ((performance.now() - began) / 1000).toFixed(1);
  button.removeAttribute("aria-pressed");
  field.dispatchEvent(new Event("input", { bubbles: true }));
  field.focus();
  field.select();
}

function start(button) {
  const field = document.getElementById(`f-${button.dataset.stopwatch}`);
  running = { button, field, began: performance.now() };
  button.setAttribute("aria-pressed", "true");
  const show = () => {
    if (!running) return;
    field.value = ((performance.now() - running.began) / 1000).toFixed(1);
    running.tick = requestAnimationFrame(show);
  };
  show();
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-stopwatch]");
  if (!button) return;
  const same = running?.button === button;
  if (running) stop();
  if (!same) start(button);
});

/** Is a time being taken in this field? What stands in it then is not to be saved yet. */
export const isRunning = (field) => running?.field === field;
