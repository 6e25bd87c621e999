// Numbers with less and more. Press and hold to run; arrows step, Page keys step ten, Home and End go to the limits.
// Bengali and Hindi digits may be typed; they are read as numbers and written back as 0 to 9.
import { whenAdded } from "./page.js";

/** Read a typed number in Western, Bengali or Hindi digits; NaN when it is none. */
export function toNumber(text) {
  const western = text.trim().replace(/[০-৯०-९]/g, (digit) => {
    const zero = digit >= "০" ? "০" : "०";
    return String(digit.codePointAt(0) - zero.codePointAt(0));
  });
  return western === "" ? NaN : Number(western.replace(",", "."));
}

whenAdded("[data-stepper]", (stepper) => {
  const input = stepper.querySelector("input");
  const limit = (name, otherwise) => (input.hasAttribute(name) ? Number(input.getAttribute(name)) : otherwise);
  const lowest = limit("aria-valuemin", -Infinity);
  const highest = limit("aria-valuemax", Infinity);
  const by = Number(input.dataset.stepBy) || 1;
  const start = Number(input.dataset.start) || 0; // of an empty field

  const show = (number) => {
    const within = Math.min(highest, Math.max(lowest, number));
    const text = String(Number(within.toFixed(6)));
    if (input.value !== text) {
      input.value = text;
      input.dispatchEvent(new Event("input", { bubbles: true }));
    }
    mark(within);
  };
  const mark = (number) => {
    input.setAttribute("aria-valuenow", number);
    if (input.dataset.unit) input.setAttribute("aria-valuetext", `${number} ${input.dataset.unit}`);
    stepper.dataset.at = number <= lowest ? "min" : number >= highest ? "max" : "";
  };
  const step = (times) => {
    const now = toNumber(input.value);
    show(Number.isNaN(now) ? Math.max(lowest, Math.min(highest, start)) : now + times * by);
  };
  const changed = () => input.dispatchEvent(new Event("change", { bubbles: true }));

  for (const button of stepper.querySelectorAll("[data-step]")) {
    const way = Number(button.dataset.step);
    let timer;
    const stop = () => {
      if (timer) changed();
      clearTimeout(timer);
      timer = undefined;
    };
    button.addEventListener("pointerdown", (event) => {
      if (event.button) return;
      event.preventDefault(); // the focus stays where it was; a drag selects nothing
      let wait = 450;
      const run = () => {
        step(way);
        timer = setTimeout(run, wait);
        wait = Math.max(60, wait * 0.75);
      };
      run();
    });
    for (const end of ["pointerup", "pointerleave", "pointercancel"]) button.addEventListener(end, stop);
    button.addEventListener("click", (event) => {
      if (event.detail) return; // a press was served above; what comes here is a key or a screen reader
      step(way);
      changed();
    });
  }

  const KEYS = {
    ArrowUp: () => step(1),
    ArrowDown: () => step(-1),
    PageUp: () => step(10),
    PageDown: () => step(-10),
    Home: () => lowest > -Infinity && show(lowest),
    End: () => highest < Infinity && show(highest),
  };
  input.addEventListener("keydown", (event) => {
    if (!(event.key in KEYS) || event.ctrlKey || event.altKey || event.shiftKey) return;
    event.preventDefault();
    KEYS[event.key]();
    changed();
  });
  input.addEventListener("change", () => {
    const typed = toNumber(input.value);
    // what is no number, or beyond the limits, stays as typed: the server says at the field what is wrong with it
    if (typed >= lowest && typed <= highest) show(typed);
  });

  const first = toNumber(input.value);
  if (!Number.isNaN(first)) mark(first);
});
