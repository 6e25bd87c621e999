// The plan builder: saves while you type, shows one phase at a time, keeps what you type when the panel is renewed.
// Without it the same form is saved by its buttons, and all phases stand below each other.
import { isTyping, whenAdded } from "./page.js";
import { follow, renewed } from "./renewed.js";
import { toNumber } from "./steppers.js";

const QUIET = 800; // milliseconds without typing, after which the draft is saved
const words = document.getElementById("builder-words").dataset;

// --- its rows: phases, their items, and goals, each with an id of its own once it is saved ------------------------------
const idOf = (row) => row.querySelector(`[name="${row.id}-id"]`)?.value ?? "";
const rows = (builder) => [...builder.querySelectorAll("[data-phase], [data-item], .goal")];
const kindOf = (row) => /([a-z]+)-\d+$/.exec(row.id)[1];
const above = (row) => row.parentElement.closest("[data-phase]");

/** The same id is the same row; what had none yet is the next of its kind that is new. */
function pair(before, after, sent) {
  const heir = new Map();
  const known = new Set(before.map(idOf).filter(Boolean));
  const fresh = after.filter((row) => !known.has(idOf(row)));
  for (const row of before) {
    const isIt = idOf(row)
      ? (other) => idOf(other) === idOf(row)
      : (other) => fresh.includes(other) && kindOf(other) === kindOf(row) && above(other) === (heir.get(above(row)) ?? null);
    const found = sent === `remove:${row.id}` ? undefined : after.find(isIt);
    if (!found) continue;
    heir.set(row, found);
    if (fresh.includes(found)) fresh.splice(fresh.indexOf(found), 1);
  }
  return [...heir];
}

const builder = renewed("#builder", { rows, pair, nameOf: (row) => idOf(row) || row.id, unsent: isPlaceText, settle });
const { form } = builder;

// --- saving while typing ----------------------------------------------------------------------------------------------
let timer;

const isTyped = (field) => field.name && !/^(answer|where)-/.test(field.name); // an answer is kept by its own button

function soon(event) {
  const isHalf = event.isTrusted && event.target.matches("input.site__add"); // a place counts once it is a chip
  if (!event.target.closest("#builder") || !isTyped(event.target) || isHalf) return;
  builder.typing();
  document.querySelector("#undo [value=undo]").disabled = false; // what is being typed can be taken back too
  clearTimeout(timer);
  timer = setTimeout(save, QUIET);
}

function save() {
  clearTimeout(timer);
  builder.save();
}

document.addEventListener("input", soon);
document.addEventListener("change", soon);
window.addEventListener("online", () => builder.isDirty() && save());

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-leave]")) builder.leave();
  const asks = event.target.closest("[data-confirm]");
  if (asks && !window.confirm(asks.dataset.confirm)) event.preventDefault();
}, true);

document.addEventListener("keydown", (event) => {
  if (event.key.toLowerCase() !== "s" || !(event.ctrlKey || event.metaKey)) return;
  event.preventDefault();
  press("save");
});

window.addEventListener("beforeunload", (event) => {
  if (builder.isDirty()) event.preventDefault();
});

// --- what is pressed ---------------------------------------------------------------------------------------------------
const ONCE = /^(remove|answer|overwrite|sign|discard)\b/; // a second press of these says nothing new

/** Do what a button of this value says, after all that was pressed before. */
function press(value, by = document.activeElement) {
  const [strange] = [...form().querySelectorAll("input.site__add")].filter((field) => !takePlace(field));
  if (strange && value === "sign") {
    goTo(strange.id);
    return;
  }
  clearTimeout(timer); // what is typed goes with it
  const leaves = value === "sign" || value === "discard"; // nothing typed after it could be kept
  builder.order(value, { by, once: ONCE.test(value), save: value === "save", failed: leaves ? () => unlock(by) : undefined });
  if (leaves) form().inert = true;
}

function unlock(by) {
  if (!form().inert) return;
  form().inert = false;
  by?.focus({ preventScroll: true });
}
builder.onSubmit(press);

document.addEventListener("keydown", (event) => {
  if (event.key.toLowerCase() !== "z" || !(event.ctrlKey || event.metaKey) || document.querySelector("dialog[open]")) return;
  if (isTyping(event.target)) return; // in a field the keys are the field's own
  event.preventDefault();
  press(event.shiftKey ? "redo" : "undo");
});

// What becomes of the page, and where the hand goes, once an order was answered. An answer to typing moves nothing.
function settle({ pressed, verb, replaced, status, went, before, by, rows: was }) {
  if (!pressed || !(replaced || (verb === "save" && status >= 200))) return;
  if (replaced) [...form().querySelectorAll("input.site__add")].filter((field) => field !== went).forEach(takePlace);
  if (replaced && form().dataset.goto) added.add(pressed.value);
  document.querySelectorAll("#picker .pickrow").forEach(markAdded);
  const dialog = document.querySelector("#picker dialog[open]");
  const goto = form().dataset.goto;
  if (dialog) {
    if (verb.startsWith("add-") && goto) newest = document.getElementById(goto);
    return;
  }
  if (went) {
    show(went.closest("[data-phase]"));
    return;
  }
  if (verb === "sign" || (verb === "save" && (status >= 400 || document.querySelector("#faults [data-fault]")))) firstFault();
  else if (verb === "remove") afterRemoval(pressed.parts[1]?.row, was);
  else if (verb.startsWith("add-")) goTo(goto);
  else if (verb === "move" || (by?.matches("[data-grip]") && goto)) goTo(goto);
  else if (verb !== "save") stay(by, before);
}

function firstFault() {
  const fault = document.querySelector("#builder [aria-invalid=true], #safety .field__error, #sign .field__error");
  if (!fault) return;
  const field = fault.matches("input, select, textarea") ? fault : (fault.closest(".field, .question")?.querySelector("input, select, textarea") ?? fault);
  field.closest("details")?.setAttribute("open", "");
  show(field.closest("[data-phase]"));
  if (!field.matches("input, select, textarea")) field.tabIndex = -1;
  field.focus();
}

/** The hand goes to the next row of its kind, else the one before, else to what adds one. */
function afterRemoval(row, was) {
  if (!row) return;
  const like = was.filter((each) => kindOf(each) === kindOf(row) && above(each) === above(row));
  const at = like.indexOf(row);
  const next = [...like.slice(at + 1), ...like.slice(0, at).reverse()].map(follow).find(Boolean);
  if (!next && kindOf(row) !== "goals") {
    const phase = above(row) && follow(above(row));
    const adder = (phase ?? form()).querySelector(phase ? `[data-pick][value^="pick-${kindOf(row)}"]` : "[value=add-phase]");
    adder?.focus({ preventScroll: true });
  } else if (!next) form().querySelector("[value=add-goal]").focus({ preventScroll: true });
  else if (next.matches("[data-phase]")) {
    show(next);
    form().querySelector(`[data-tabs] a[href="#${next.id}"]`).focus({ preventScroll: true });
  } else next.querySelector("[data-grip], textarea").focus({ preventScroll: true });
}

/** The hand stays on the button that was pressed, in the row that it was pressed in. */
function stay(by, before) {
  if (!by?.matches("button[name=do]")) return;
  const verb = CSS.escape(by.value.split(":")[0]);
  const of = before.contains(by) ? rows(before).findLast((row) => row.contains(by)) : null;
  const row = of && follow(of);
  if (row) show(row.closest("[data-phase]"));
  const same = (row ?? document).querySelector(`button[value="${CSS.escape(by.value)}"]`) ?? row?.querySelector(`button[value^="${verb}:"]`);
  if (same) {
    same.closest("details")?.setAttribute("open", "");
    const now = same.disabled ? same.parentElement.querySelector("button:not([disabled])") : same;
    now?.focus({ preventScroll: true });
    if (now !== document.activeElement) row?.querySelector("[data-grip]")?.focus({ preventScroll: true }); // the last has no "down"
  } else if (by.closest("#safety")) {
    const heading = document.getElementById("h-safe");
    heading.tabIndex = -1;
    heading.focus({ preventScroll: true });
  }
}

// --- choosing what to add: a dialog over the builder, which stays open for more than one --------------------------------
let opened = null; // the phase that the dialog adds to, and what opened it
const added = new Set(); // by the dialog that is open
let newest = null; // the row it added last

document.addEventListener("click", async (event) => {
  const opener = event.target.closest("[data-pick]");
  if (!opener) return;
  event.preventDefault();
  const [kind] = opener.value.split(":");
  opened = { phase: opener.closest("[data-phase]"), kind };
  await builder.idle(); // what was pressed before may give the phase another number
  const now = follow(opened.phase)?.querySelector(`[data-pick][value^="${kind}:"]`);
  if (now) window.htmx.ajax("GET", now.dataset.pick, { target: "#picker", swap: "innerHTML" });
}, true);

whenAdded("#picker dialog", (dialog) => {
  added.clear();
  newest = null;
  dialog.addEventListener("close", () => {
    const row = newest && follow(newest);
    const phase = opened && follow(opened.phase);
    if (row) goTo(row.id);
    else phase?.querySelector(`[data-pick][value^="${opened.kind}:"]`)?.focus({ preventScroll: true });
  });
});
whenAdded("#picker .pickrow", markAdded);

document.addEventListener("keydown", (event) => {
  if (event.target.id !== "pick-q" || event.isComposing) return;
  if (event.key === "Enter") event.preventDefault(); // it finds while one types
  if (event.key !== "Escape") return;
  event.preventDefault(); // a search field would only be emptied by the first
  event.target.closest("dialog")?.close();
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
  press(`${way}:${grip.closest("[data-item]").id}`, grip);
});
document.addEventListener("pointerdown", (event) => {
  const grip = event.target.closest("[data-grip]");
  if (!grip || event.button !== 0) return;
  event.preventDefault();
  let item = grip.closest("[data-item]");
  let others = [...item.parentElement.children].filter((other) => other !== item);
  const before = item.nextElementSibling;
  item.classList.add("is-dragged");

  const drag = ({ clientY }) => {
    if (!item.isConnected && !take()) return;
    const next = others.find((other) => {
      const box = other.getBoundingClientRect();
      return clientY < box.top + box.height / 2;
    });
    if (next !== item.nextElementSibling) item.parentElement.insertBefore(item, next ?? null);
    const edge = 80; // pixels from the top or foot of the window, within which it scrolls
    if (clientY < edge) window.scrollBy(0, -12);
    else if (clientY > window.innerHeight - edge) window.scrollBy(0, 12);
  };
  /** An answer came meanwhile: the hand holds the row that took its place, if there is one. */
  const take = () => {
    const heir = follow(item);
    if (!heir) return false;
    item = heir;
    others = [...item.parentElement.children].filter((other) => other !== item);
    item.classList.add("is-dragged");
    return true;
  };
  const drop = (dropped) => {
    document.removeEventListener("pointermove", drag);
    document.removeEventListener("pointerup", drop);
    document.removeEventListener("pointercancel", drop);
    const wasHere = item.isConnected;
    if (!wasHere && !take()) return;
    item.classList.remove("is-dragged");
    if (!wasHere) return; // it was never shown where it would have gone
    if (dropped.type === "pointercancel" || item.nextElementSibling === before) {
      inOrder(item);
      return;
    }
    const held = item.querySelector("[data-grip]");
    held.focus({ preventScroll: true });
    dropAt(item, held);
  };
  document.addEventListener("pointermove", drag); // on the document: an element that moves in it loses the pointer
  document.addEventListener("pointerup", drop);
  document.addEventListener("pointercancel", drop);
});

const placeIn = (row) => Number(/\d+$/.exec(row.id)[0]);

/** Put the rows beside this one where their names say that they stand. */
function inOrder(item) {
  const list = follow(item)?.parentElement;
  if (list) list.append(...[...list.children].sort((one, other) => placeIn(one) - placeIn(other)));
}

/** Move a row to where it was dropped: before the first of those below it that is still there when its turn comes. */
function dropAt(item, by) {
  const below = [];
  for (let other = item.nextElementSibling; other; other = other.nextElementSibling) below.push(other);
  const say = () => {
    const now = follow(item);
    if (!now) return null;
    const others = [...now.parentElement.children].filter((row) => row !== now).sort((one, other) => placeIn(one) - placeIn(other));
    const next = below.map(follow).find((row) => others.includes(row));
    return `move:${idOf(now) || now.id}:${next ? others.indexOf(next) : others.length}`;
  };
  builder.order(`move:${item.id}`, { by, say, failed: () => inOrder(item) });
}

// --- one phase at a time ---------------------------------------------------------------------------------------------
const phaseOf = (id) => /^phases-\d+/.exec(id ?? "")?.[0];
let shown; // the phase in view: { id, place }, kept over renewals of the builder

whenAdded("[data-tabs]", (tabs) => {
  const links = [...tabs.querySelectorAll("a.phase")];
  const panels = links.map((link) => document.querySelector(link.hash));
  const show = (id) => {
    shown = { id: idOf(document.getElementById(id)), place: id };
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
  const kept = shown && (panels.find((panel) => shown.id && idOf(panel) === shown.id)?.id ?? shown.place);
  const wanted = phaseOf(tabs.closest("form").dataset.goto) || kept || phaseOf(location.hash.slice(1));
  const now = links.find((link) => link.getAttribute("aria-current"));
  const first = links.find((link) => link.hash === `#${wanted}`) ?? now ?? links[0];
  if (first) show(first.hash.slice(1));
});

/** Bring a phase into view, as its tab does. */
const show = (phase) => phase?.hidden && document.querySelector(`[data-tabs] a[href="#${phase.id}"]`)?.click();

/** Show an element and give it the focus: a row of items its handle, which says its name; anything else its first field. */
function goTo(id) {
  const element = id && document.getElementById(id);
  if (!element) return;
  show(element.closest("[data-phase]"));
  const fields = "input:not([type=hidden]), select, textarea";
  const field = element.matches(fields) ? element : element.querySelector(element.matches("[data-item]") ? "[data-grip]" : fields);
  (field ?? element).closest("details")?.setAttribute("open", "");
  element.scrollIntoView({ block: isWithin(element) ? "nearest" : "center" });
  field?.focus({ preventScroll: true });
}

function isWithin(element) {
  const { top, bottom } = element.getBoundingClientRect();
  return top >= 0 && bottom <= window.innerHeight;
}

document.addEventListener("click", (event) => {
  const link = event.target.closest("#safety a[href^='#'], #faults a[href^='#']");
  if (!link) return;
  event.preventDefault();
  goTo(link.hash.slice(1));
});

// --- places and topics: type or choose, and it becomes a chip -----------------------------------------------------------
document.addEventListener("change", (event) => {
  const field = event.target;
  if (field.matches("select.site__add")) addChip(field, field.value, field.selectedOptions[0]?.textContent);
  else if (field.matches(".site input") && !field.checked) removeChip(field);
}, true);

let isDown = false; // the pointer: a page that moves under it would lose the press
document.addEventListener("pointerdown", () => (isDown = true), true);
for (const kind of ["pointerup", "pointercancel"]) document.addEventListener(kind, () => (isDown = false), true);

document.addEventListener("focusout", ({ target }) => {
  if (!target.matches("input.site__add")) return;
  const take = () => target.isConnected && takePlace(target);
  if (isDown) document.addEventListener("pointerup", () => setTimeout(take), { once: true });
  else take();
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.isComposing || !event.target.matches("input.site__add")) return;
  event.preventDefault(); // Enter adds the place, and sends nothing
  takePlace(event.target);
});

document.addEventListener("input", (event) => {
  const field = event.target;
  if (!event.isTrusted || !field.matches("input.site__add")) return;
  sayPlace(field, "");
  if (event.inputType === "insertReplacementText" && placeOf(field)) takePlace(field); // chosen from the list
});

function isPlaceText(field) {
  return field.matches("input.site__add") && field.value.trim() !== "";
}
const placeOf = (field) => [...field.list.options].find((option) => option.value.toLowerCase() === field.value.trim().toLowerCase())?.value;

/** Make a chip of the place that is typed; false, with a word at the field, when there is no such place. */
function takePlace(field) {
  const place = placeOf(field);
  if (place) addChip(field, place, place);
  const isFine = !isPlaceText(field);
  sayPlace(field, isFine ? "" : words.noPlace);
  return isFine;
}

function sayPlace(field, said) {
  const id = `${field.id}-no-place`;
  document.getElementById(id)?.remove();
  if (field.getAttribute("aria-describedby") === id) {
    field.removeAttribute("aria-describedby");
    field.removeAttribute("aria-invalid");
  }
  if (!said) return;
  field.closest("fieldset").append(Object.assign(document.createElement("p"), { id, className: "field__error", textContent: said }));
  field.setAttribute("aria-describedby", id);
  field.setAttribute("aria-invalid", "true");
}

function addChip(field, value, label) {
  if (!value) return;
  field.value = field.matches("select") ? value : "";
  const isThere = [...field.closest("fieldset").querySelectorAll(".site span")].some((text) => text.textContent === label);
  if (isThere) return;
  const chip = document.createElement("label");
  chip.className = "site";
  const box = Object.assign(document.createElement("input"), { type: "checkbox", name: field.name, value, checked: true });
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

// --- several questions of one kind, none of which is so --------------------------------------------------------------------------------------
whenAdded("[data-all-no]", (button) => (button.hidden = false));
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-all-no]");
  if (!button) return;
  for (const question of button.closest(".qgroup").querySelectorAll(".question")) {
    if (!question.querySelector("input[type=radio]:checked")) question.querySelector("input[value=no]").checked = true;
  }
});
