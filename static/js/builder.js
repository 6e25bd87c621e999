// The plan builder: saves while you type, shows one phase at a time, keeps what you type when the panel is renewed.
// Without it the same form is saved by its buttons, and all phases stand below each other.
import { say } from "./network.js";
import { isTyping, whenAdded } from "./page.js";
import { toNumber } from "./steppers.js";

const QUIET = 800; // milliseconds without typing, after which the draft is saved
const form = () => document.getElementById("builder");
const words = document.getElementById("builder-words").dataset;

// --- saving while typing ----------------------------------------------------------------------------------------------
let timer;
let flying = 0; // requests on their way
let dirty = false;

const isTyped = (field) => field.name && !/^(answer|where)-/.test(field.name);

function soon(event) {
  if (!event.target.closest("#builder") || !isTyped(event.target)) return;
  dirty = true;
  document.querySelector("#undo [value=undo]").disabled = false; // what is being typed can be taken back too
  clearTimeout(timer);
  timer = setTimeout(save, QUIET);
}

function save() {
  clearTimeout(timer);
  timer = undefined;
  if (form()) window.htmx.trigger(form(), "autosave");
}

document.addEventListener("input", soon);
document.addEventListener("change", soon);
window.addEventListener("online", () => dirty && save());

document.addEventListener("htmx:beforeRequest", (event) => {
  if (event.target.closest("#builder")) flying += 1;
});
document.addEventListener("htmx:afterRequest", (event) => {
  if (!event.target.closest("#builder") && event.detail.requestConfig?.path !== form()?.getAttribute("action")) return;
  flying = Math.max(0, flying - 1);
  const saved = event.detail.xhr.status >= 200 && event.detail.xhr.status < 300;
  if (saved && !timer) dirty = false;
  if (event.detail.xhr.status >= 400) say("failed"); // the answer brought the page news, but nothing was saved
});

document.addEventListener("htmx:afterSettle", (event) => {
  if (event.target.id === "builder") flying = 0; // the button that was pressed went with the builder, and tells no more
});

// A button that sends the whole page waits for a save on its way: else the two would take each other for somebody else.
document.addEventListener(
  "submit",
  (event) => {
    if (event.target !== form()) return;
    clearTimeout(timer);
    if (flying) {
      event.preventDefault();
      event.stopImmediatePropagation();
      const { submitter } = event;
      document.addEventListener("htmx:afterSettle", () => form().requestSubmit(submitter?.isConnected ? submitter : form().querySelector(`[name=do][value="${submitter?.value}"]`)), { once: true });
      return;
    }
    dirty = false;
  },
  true,
);

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-leave]")) dirty = false;
  const asks = event.target.closest("[data-confirm]");
  if (asks && !window.confirm(asks.dataset.confirm)) event.preventDefault();
}, true);

document.addEventListener("keydown", (event) => {
  if (event.key.toLowerCase() !== "s" || !(event.ctrlKey || event.metaKey)) return;
  event.preventDefault();
  save();
});

window.addEventListener("beforeunload", (event) => {
  if (dirty) event.preventDefault();
});

// --- adding, moving and removing without a new page --------------------------------------------------------------------
whenAdded("[data-order]", (button) => {
  if (button.dataset.confirm) return;
  for (const [name, value] of Object.entries({
    "hx-post": form().getAttribute("action"),
    "hx-include": "#builder",
    "hx-target": "#builder",
    "hx-swap": "outerHTML show:none",
    "hx-sync": "#builder:queue last",
  })) button.setAttribute(name, value);
  window.htmx.process(button);
});

/** Do what a button of this value would do; while a save is on its way, after it: the builder may come anew. */
function order(value) {
  if (flying) {
    document.addEventListener("htmx:afterSettle", () => order(value), { once: true });
    return undefined;
  }
  clearTimeout(timer);
  const builder = form();
  return window.htmx.ajax("POST", builder.getAttribute("action"), { source: builder, values: { do: typeof value === "function" ? value() : value }, target: builder, swap: "outerHTML show:none" });
}

document.addEventListener("keydown", (event) => {
  if (event.key.toLowerCase() !== "z" || !(event.ctrlKey || event.metaKey) || document.querySelector("dialog[open]")) return;
  if (isTyping(event.target)) return; // in a field the keys are the field's own
  event.preventDefault();
  order(event.shiftKey ? "redo" : "undo");
});

// --- choosing what to add: a dialog over the builder, which stays open for more than one --------------------------------
document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-pick]");
  if (!opener) return;
  event.preventDefault();
  window.htmx.ajax("GET", opener.dataset.pick, { target: "#picker", swap: "innerHTML" });
}, true);

const added = new Set(); // by the dialog that is open
whenAdded("#picker dialog", () => added.clear());
whenAdded("#picker .pickrow", markAdded);

document.addEventListener("htmx:afterSettle", (event) => {
  const { requestConfig, xhr } = event.detail;
  if (event.target.id !== "builder" || xhr.status >= 400) return;
  added.add(requestConfig?.elt?.value);
  document.querySelectorAll("#picker .pickrow").forEach(markAdded); // a search may have brought the row anew
});

function markAdded(row) {
  const button = row.querySelector("[data-order]");
  if (!added.has(button.value)) return;
  row.classList.add("pickrow--added");
  button.textContent = words.added;
}

// --- the order of items: dragged by a handle, or moved by its arrows ------------------------------------------------------
whenAdded("[data-grip]", (grip) => (grip.hidden = false));

document.addEventListener("keydown", (event) => {
  const grip = event.target.closest?.("[data-grip]");
  const way = { ArrowUp: "up", ArrowDown: "down" }[event.key];
  if (!grip || !way) return;
  event.preventDefault();
  const { name, value: id } = grip.closest("[data-item]").querySelector("[name$='-id']");
  order(() => {
    const now = [...form().querySelectorAll("[data-item] > [name$='-id']")].find((field) => field.value === id);
    return `${way}:${(now?.name ?? name).replace(/-id$/, "")}`;
  });
});
document.addEventListener("pointerdown", (event) => {
  const grip = event.target.closest("[data-grip]");
  if (!grip || event.button !== 0) return;
  event.preventDefault();
  const item = grip.closest("[data-item]");
  const list = item.parentElement;
  const before = [...list.children].indexOf(item);
  item.classList.add("is-dragged");

  const drag = ({ clientY }) => {
    const others = [...list.children].filter((other) => other !== item);
    const next = others.find((other) => {
      const box = other.getBoundingClientRect();
      return clientY < box.top + box.height / 2;
    });
    if (next !== item.nextElementSibling) list.insertBefore(item, next ?? null);
    const edge = 80; // pixels from the top or foot of the window, within which it scrolls
    if (clientY < edge) window.scrollBy(0, -12);
    else if (clientY > window.innerHeight - edge) window.scrollBy(0, 12);
  };
  const drop = (dropped) => {
    document.removeEventListener("pointermove", drag);
    document.removeEventListener("pointerup", drop);
    document.removeEventListener("pointercancel", drop);
    item.classList.remove("is-dragged");
    const now = [...list.children].indexOf(item);
    if (dropped.type === "pointercancel" || now === before) {
      list.insertBefore(item, [...list.children].filter((other) => other !== item)[before] ?? null);
      return;
    }
    order(`move:${item.id}:${now}`);
  };
  document.addEventListener("pointermove", drag); // on the document: an element that moves in it loses the pointer
  document.addEventListener("pointerup", drop);
  document.addEventListener("pointercancel", drop);
});

// --- one phase at a time ---------------------------------------------------------------------------------------------
const phaseOf = (id) => /^phases-\d+/.exec(id ?? "")?.[0];
let shown; // the id of the phase in view, kept over renewals of the builder

whenAdded("[data-tabs]", (tabs) => {
  const links = [...tabs.querySelectorAll("a.phase")];
  const panels = links.map((link) => document.querySelector(link.hash));
  const show = (id) => {
    shown = id;
    links.forEach((link, place) => {
      const on = link.hash === `#${id}`;
      link.toggleAttribute("data-shown", on);
      if (on) link.setAttribute("aria-selected", "true");
      else link.setAttribute("aria-selected", "false");
      link.tabIndex = on ? 0 : -1;
      panels[place].hidden = !on;
    });
  };
  tabs.setAttribute("role", "tablist");
  tabs.closest("form").classList.add("is-tabbed");
  links.forEach((link, place) => {
    link.setAttribute("role", "tab");
    link.setAttribute("aria-controls", link.hash.slice(1));
    panels[place].setAttribute("role", "tabpanel");
    link.addEventListener("click", (event) => {
      event.preventDefault();
      show(link.hash.slice(1));
    });
    link.addEventListener("keydown", (event) => {
      const way = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      const next = way && links[(place + way + links.length) % links.length];
      if (!next) return;
      event.preventDefault();
      show(next.hash.slice(1));
      next.focus();
    });
  });
  const wanted = phaseOf(tabs.closest("form").dataset.goto) || phaseOf(location.hash.slice(1)) || shown;
  const now = links.find((link) => link.getAttribute("aria-current"));
  const first = links.find((link) => link.hash === `#${wanted}`) ?? now ?? links[0];
  if (first) show(first.hash.slice(1));
});

/** Show the phase that an element is in, and bring it into view; the focus goes to its handle if it `moved`, else to its first field. */
function goTo(id, moved = false) {
  const element = document.getElementById(id);
  if (!element) return;
  document.querySelector(`[data-tabs] a[href="#${phaseOf(id)}"]`)?.click();
  element.closest("details")?.setAttribute("open", "");
  element.scrollIntoView({ block: "center" });
  const field = element.matches("input, select, textarea") ? element : element.querySelector(moved ? "[data-grip]" : "input:not([type=hidden]), select, textarea");
  field?.focus({ preventScroll: true });
}

document.addEventListener("click", (event) => {
  const link = event.target.closest("#safety a[href^='#'], #faults a[href^='#']");
  if (!link) return;
  event.preventDefault();
  goTo(link.hash.slice(1));
});

whenAdded("#builder[data-goto]", (builder) => builder.dataset.goto && requestAnimationFrame(() => goTo(builder.dataset.goto, "moved" in builder.dataset)));

// --- places and topics: type or choose, and it becomes a chip -----------------------------------------------------------
document.addEventListener("change", (event) => {
  const field = event.target;
  if (field.matches(".site__add")) addChip(field);
  else if (field.matches(".site input") && !field.checked) removeChip(field);
}, true);

function addChip(field) {
  const label = field.matches("select") ? field.selectedOptions[0]?.textContent : field.value.trim();
  if (!field.value || (field.list && ![...field.list.options].some((option) => option.value.toLowerCase() === label.toLowerCase()))) return;
  const there = [...field.closest("fieldset").querySelectorAll(".site span")].some((text) => text.textContent === label);
  if (there) {
    field.value = "";
    return;
  }
  const chip = document.createElement("label");
  chip.className = "site";
  const box = Object.assign(document.createElement("input"), { type: "checkbox", name: field.name, value: field.value, checked: true });
  const text = Object.assign(document.createElement("span"), { textContent: label });
  chip.append(box, text);
  const before = [...field.parentElement.children].find((child) => child.matches("label.sr"));
  field.parentElement.insertBefore(chip, before ?? field);
  if (field.matches("select")) field.selectedOptions[0].remove();
  field.value = "";
  box.dispatchEvent(new Event("input", { bubbles: true }));
}

function removeChip(box) {
  const next = box.closest("fieldset").querySelector(".site__add");
  box.closest(".site").remove();
  next?.focus();
  next?.dispatchEvent(new Event("input", { bubbles: true }));
}

// --- what differs from the protocol, what is unusual -------------------------------------------------------------------
function judge(field) {
  const input = field.querySelector("input, select");
  if (!input) return;
  if ("proposed" in field.dataset) {
    const differs = input.value.trim() !== field.dataset.proposed;
    (field.querySelector(".stepper") ?? input).classList.toggle(input.matches("select") ? "input--changed" : "stepper--changed", differs);
  }
  const note = field.querySelector("[data-note]");
  if (note && "usual" in field.dataset) {
    const number = toNumber(input.value);
    const unusual = number < Number(field.dataset.low) || number > Number(field.dataset.high);
    note.textContent = unusual ? words.usual.replace("%s", field.dataset.usual) : "";
  }
}
whenAdded("#builder [data-field]", judge);
for (const kind of ["input", "change"]) {
  document.addEventListener(kind, (event) => {
    const field = event.target.closest("#builder [data-field]");
    if (field) judge(field);
  });
}

// --- after a save: errors beside their fields, marks on the items --------------------------------------------------------
document.addEventListener("htmx:oobAfterSwap", (event) => {
  if (event.detail.target.id === "faults") showFaults();
  if (event.detail.target.matches("[data-item-note]")) mark(event.detail.target.id);
});

function showFaults() {
  document.querySelectorAll("[data-live-error]").forEach((message) => message.remove());
  document.querySelectorAll(".field--error[data-live]").forEach((field) => {
    field.classList.remove("field--error");
    delete field.dataset.live;
    field.querySelector("[aria-invalid]")?.removeAttribute("aria-invalid");
  });
  if (!document.querySelector("#faults [data-fault]")) {
    document.querySelectorAll("#builder .field--error").forEach((field) => {
      field.classList.remove("field--error");
      field.querySelectorAll(".field__error").forEach((message) => message.remove());
      field.querySelector("[aria-invalid]")?.removeAttribute("aria-invalid");
    });
  }
  for (const fault of document.querySelectorAll("#faults [data-fault]")) {
    const field = document.querySelector(`[data-field="${CSS.escape(fault.dataset.fault)}"], [data-sites="${CSS.escape(fault.dataset.fault)}"]`);
    if (!field || field.querySelector(".field__error:not([data-live-error])")) continue;
    const message = Object.assign(document.createElement("p"), { className: "field__error", textContent: fault.querySelector("span").textContent });
    message.dataset.liveError = "";
    field.append(message);
    field.classList.add("field--error");
    field.dataset.live = "";
    field.querySelector("input, select, textarea")?.setAttribute("aria-invalid", "true");
  }
}

function mark(id) {
  const note = document.getElementById(id);
  const item = note?.closest("[data-item]");
  if (!item) return;
  item.classList.toggle("mod--block", note.dataset.itemNote === "block");
  item.classList.toggle("mod--warn", note.dataset.itemNote === "warn");
}

// --- the panel is renewed while somebody types in it: their words, their place and what they had open stay -----------------
const kept = new Map();

document.addEventListener("htmx:oobBeforeSwap", (event) => {
  const part = event.detail.target;
  if (!part.matches("#safety, #sign")) return;
  const focused = part.contains(document.activeElement) ? document.activeElement : null;
  kept.set(part.id, {
    values: [...part.querySelectorAll("textarea, input:not([type=radio])")].map((field) => [field.id, field.value]),
    chosen: [...part.querySelectorAll("input[type=radio]:checked")].map((field) => [field.name, field.value]),
    open: [...part.querySelectorAll("[data-rule] details[open]")].map((details) => [details.closest("[data-rule]").dataset.rule, details.className]),
    focus: focused?.id,
    selection: focused?.matches("textarea, input[type=text], input:not([type])") ? [focused.selectionStart, focused.selectionEnd] : null,
  });
});
document.addEventListener("htmx:oobAfterSwap", (event) => {
  const before = kept.get(event.detail.target.id);
  const part = before && document.getElementById(event.detail.target.id);
  if (!part) return;
  kept.delete(part.id);
  for (const [id, value] of before.values) {
    const field = id && part.querySelector(`#${CSS.escape(id)}`);
    if (field && field.value !== value) field.value = value;
  }
  for (const [name, value] of before.chosen) {
    const radio = part.querySelector(`input[name="${CSS.escape(name)}"][value="${CSS.escape(value)}"]`);
    if (radio) radio.checked = true;
  }
  for (const [rule, kind] of before.open) {
    part.querySelector(`[data-rule="${CSS.escape(rule)}"] details.${CSS.escape(kind)}`)?.setAttribute("open", "");
  }
  const field = before.focus ? part.querySelector(`#${CSS.escape(before.focus)}`) : null;
  field?.focus({ preventScroll: true });
  if (field && before.selection) field.setSelectionRange(...before.selection);
});

// --- many questions, most of them no --------------------------------------------------------------------------------------
whenAdded("[data-all-no]", (button) => (button.hidden = false));
document.addEventListener("click", (event) => {
  if (!event.target.closest("[data-all-no]")) return;
  for (const question of document.querySelectorAll(".question")) {
    if (!question.querySelector("input[type=radio]:checked")) question.querySelector("input[value=no]").checked = true;
  }
});
