// A form that the server's answer replaces while somebody works in it. What is pressed is done in turn, none twice and none
// dropped; what is typed while an answer is on its way is carried over into the new form; rows are followed by who they are,
// not by where they stand; the eye and the hand stay where they were. Nothing that failed is tried again by itself.
import { words } from "./page.js";
import { toast } from "./toasts.js";

const heirs = new WeakMap(); // a row that was replaced -> the row that took its place

/** The row that stands now for one that may have been replaced since; null when it is gone. */
export function follow(row) {
  let now = row;
  while (now && !now.isConnected) now = heirs.get(now) ?? null;
  return now;
}

const isChip = (field) => field.type === "checkbox" && field.matches(".site input");
const valueOf = (field) => (field.type === "checkbox" || field.type === "radio" ? field.checked : field.value);
const list = (form) => [...form.elements].filter((field) => field.name && !/^(hidden|submit|button)$/.test(field.type));

/**
 * Take charge of the form that `selector` finds, now and whenever it is replaced.
 *
 * rows(form): its rows, outer before inner; each row's id is the stem of the names of its fields.
 * pair(before, after, value): which row becomes which, as [before, after]; `value` is the order that was answered.
 * nameOf(row): what an order calls a row. unsent(field): is this field's text kept back? (optional)
 * settle(answer): after each answer, with what became of it; see `Answer` below. (optional)
 */
export function renewed(selector, { rows, pair, nameOf, unsent = () => false, settle = () => undefined }) {
  const form = () => document.querySelector(selector);
  const line = []; // what was pressed and not sent yet, first in first out
  let flight = null; // what is on its way
  let wanted = false; // a save of what was typed, after all that was pressed: one is enough for all typing
  let typed = 0; // counts what is typed
  let kept = 0; // how much of it was on the way when the server last took everything
  let left = false; // the server has sent us elsewhere

  const stemOf = (name, all) => all.findLast((row) => name.startsWith(row.id) && /^[-.]/.test(name.slice(row.id.length)));

  /** What tells a field in one form from the others: its row, the rest of its name, and which of that name it is. */
  function fieldsOf(of) {
    const all = rows(of);
    const counted = new Map();
    return list(of).map((field) => {
      const row = stemOf(field.name, all);
      const rest = row ? field.name.slice(row.id.length) : field.name;
      const many = field.type === "checkbox" || field.type === "radio";
      const nth = many ? field.value : (counted.get(field.name) ?? 0);
      if (!many) counted.set(field.name, nth + 1);
      return { field, row, rest, key: `${rest} ${many} ${nth}` };
    });
  }

  /** What the form holds, by field, to tell later what was typed since. */
  const holds = (of) => new Map(list(of).map((field) => [field, unsent(field) ? "" : valueOf(field)]));

  /** Put an order in the line. `value`: as the button's; the rows it names are followed until it is sent. */
  function order(value, { by = document.activeElement, once = false, save = false, failed, say } = {}) {
    if (left || !form()) return;
    const all = rows(form());
    const parts = value.split(":").map((part) => {
      const row = all.find((each) => each.id === part) ?? stemOf(part, all);
      return row ? { row, tail: part.slice(row.id.length) } : part;
    });
    const isSame = (other) => other?.value === value && other.parts.every((part, place) => part === parts[place] || (part.row && part.row === parts[place].row));
    if (once && [...line, flight].some(isSame)) return;
    const told = () => {
      const names = parts.map((part) => {
        if (!part.row) return part;
        const row = follow(part.row);
        return row && (part.tail ? row.id + part.tail : nameOf(row));
      });
      return names.includes(null) ? null : names.join(":");
    };
    by?.setAttribute?.("aria-busy", "true");
    line.push({ value, parts, by, from: document.activeElement, say: say ?? told, save, failed });
    next();
  }

  /** Send what was typed as soon as nothing that was pressed waits. */
  function save() {
    wanted = true;
    next();
  }

  function next() {
    if (flight || left || !form()) return;
    const pressed = line.shift();
    if (!pressed && !wanted) return;
    wanted = false;
    const value = pressed ? pressed.say() : "";
    if (value === null) {
      release(pressed);
      pressed.failed?.();
      toast(words.gone, { level: "error" });
      next();
      return;
    }
    send(pressed, value);
  }

  const release = (pressed) => pressed?.by?.removeAttribute?.("aria-busy");

  async function send(pressed, value) {
    const before = form();
    const [verb] = value.split(":");
    flight = { ...pressed, before, sent: value, verb, holds: holds(before), typed, stays: !pressed || pressed.save };
    const swap = flight.stays ? "none" : "outerHTML show:none settle:0ms";
    try {
      await window.htmx.ajax("POST", before.getAttribute("action"), { source: before, target: before, swap });
    } catch {
      flight.xhr = null; // no answer came
    }
    land(pressed);
  }

  function land(pressed) {
    const { xhr, typed: then } = flight;
    const status = xhr?.status ?? 0;
    const is_answer = (status >= 200 && status < 300) || status === 409 || status === 422;
    const answer = { ...flight, status, pressed, replaced: form() !== flight.before };
    flight = null;
    release(pressed);
    left = Boolean(status && xhr.getResponseHeader("HX-Redirect"));
    if (left) {
      kept = typed;
      return;
    }
    if (!is_answer) {
      const dropped = [pressed, ...line.splice(0)].filter(Boolean);
      dropped.forEach((each) => {
        release(each);
        each.failed?.();
      });
      wanted = false;
      if (dropped.length) toast(words.undone, { level: "error" });
      settle(answer);
      rest();
      return;
    }
    if (status < 300) kept = then;
    if (answer.replaced) arrive(answer);
    settle(answer);
    next();
    rest();
  }

  const waiting = []; // for all that was pressed to be done
  const isBusy = () => Boolean(flight?.value || line.length);
  const idle = () => (isBusy() ? new Promise((done) => waiting.push(done)) : Promise.resolve());
  const rest = () => isBusy() || waiting.splice(0).forEach((done) => done());

  // --- the answer takes the form's place --------------------------------------------------------------------------------
  document.addEventListener("htmx:beforeSend", (event) => {
    if (flight && event.detail.elt === flight.before) flight.xhr = event.detail.xhr;
  });
  document.addEventListener("htmx:configRequest", (event) => {
    if (!flight || event.detail.elt !== flight.before) return;
    const data = event.detail.formData;
    data.delete("do"); // htmx adds the button of the form that was clicked last, also to a save of what was typed
    if (flight.sent) data.append("do", flight.sent);
    for (const field of list(flight.before).filter(unsent)) {
      const others = data.getAll(field.name).filter((value) => value !== field.value);
      data.delete(field.name);
      others.forEach((value) => data.append(field.name, value));
    }
  });
  document.addEventListener("htmx:beforeSwap", (event) => {
    if (!flight || event.detail.target !== flight.before || flight.stays) return;
    const { before } = flight;
    const active = document.activeElement;
    const went = before.contains(active) && active !== flight.from; // on to something else since it was pressed
    flight.focus = went ? placeOf(active) : null;
    flight.changed = fieldsOf(before).filter(({ field }) => !flight.holds.has(field) || flight.holds.get(field) !== valueOf(field));
    flight.taken = [...flight.holds.keys()].filter((field) => isChip(field) && !before.contains(field));
    flight.open = [...before.querySelectorAll("details[open]")].map(placeOf);
    flight.rows = rows(before);
    flight.tops = [...flight.rows].reverse().concat(before).map((row) => [row, row.getBoundingClientRect()]);
  });

  /** Where an element is: its row, and which of its kind it is there. */
  function placeOf(element) {
    const all = rows(element.form ?? element.closest("form") ?? form());
    const row = all.findLast((each) => each.contains(element)) ?? null;
    const known = element.name && fieldsOf(element.form).find(({ field }) => field === element);
    const at = element.selectionStart ?? null;
    if (known) return { row, key: known.key, stem: known.row ?? null, selection: at === null ? null : [at, element.selectionEnd] };
    return { row, sign: signOf(element), nth: alike(row ?? element.closest("form"), element, all).indexOf(element) };
  }

  const signOf = (element) =>
    element.matches("button[name=do]") ? `button[value^="${element.value.split(":")[0]}"]` : element.matches("a[href]") ? "a[href]" : element.localName;
  const alike = (within, element, all, sign = signOf(element)) =>
    [...(within?.querySelectorAll(sign) ?? [])].filter((each) => (all.findLast((row) => row.contains(each)) ?? null) === (all.includes(within) ? within : null));

  /** The element in the new form that an old place means; undefined when there is none. */
  function find(place) {
    const now = form();
    const all = rows(now);
    if (place.key) {
      const stem = place.stem && follow(place.stem);
      return place.stem && !stem ? undefined : fieldsOf(now).find(({ row, key }) => (row ?? null) === stem && key === place.key)?.field;
    }
    const row = place.row && follow(place.row);
    return place.row && !row ? undefined : alike(row ?? now, null, all, place.sign)[place.nth];
  }

  function arrive(answer) {
    const now = form();
    for (const [was, is] of pair(answer.rows, rows(now), answer.sent)) if (was && is) heirs.set(was, is);
    if (answer.replaced) heirs.set(answer.before, now);
    answer.open.map(find).forEach((details) => details?.setAttribute("open", ""));
    const known = fieldsOf(now);
    for (const { field, row, key, rest } of answer.changed) {
      const stem = row ? follow(row) : null;
      if (row && !stem) continue; // removed, and what was typed in it too
      const there = known.find((each) => (each.row ?? null) === stem && each.key === key)?.field;
      if (isChip(field) && !there) bringChip(field, stem ? stem.id + rest : rest, now);
      else if (there && valueOf(there) !== valueOf(field)) write(there, field);
    }
    for (const chip of answer.taken) dropChip(chip, answer, known);
    if (!document.querySelector("dialog[open]")) keepView(answer);
    answer.went = answer.focus && find(answer.focus);
    if (answer.went) {
      answer.went.focus({ preventScroll: true });
      if (answer.focus.selection) answer.went.setSelectionRange(...answer.focus.selection);
    }
  }

  function write(field, from) {
    if (field.type === "checkbox" || field.type === "radio") field.checked = from.checked;
    else field.value = from.value;
    if (unsent(field)) return;
    for (const kind of ["input", "change"]) field.dispatchEvent(new Event(kind, { bubbles: true }));
  }

  function bringChip(chip, name, now) {
    if (!chip.checked) return;
    const adder = [...now.querySelectorAll(".site__add")].find((field) => field.name === name);
    if (!adder) return;
    const label = chip.closest(".site").cloneNode(true);
    label.querySelector("input").name = name;
    adder.closest("fieldset").insertBefore(label, [...adder.closest("fieldset").children].find((child) => child.matches("label.sr, .site__add")));
    label.querySelector("input").dispatchEvent(new Event("input", { bubbles: true }));
  }

  function dropChip(chip, answer, known) {
    const was = stemOf(chip.name, answer.rows);
    const row = was ? follow(was) : null;
    if (was && !row) return;
    const rest = was ? chip.name.slice(was.id.length) : chip.name;
    const there = known.find((each) => (each.row ?? null) === row && each.rest === rest && isChip(each.field) && each.field.value === chip.value);
    if (!there) return;
    const adder = there.field.closest("fieldset").querySelector(".site__add");
    there.field.closest(".site").remove();
    adder?.dispatchEvent(new Event("input", { bubbles: true }));
  }

  /** Scroll so that what was in view still is, at the same height. */
  function keepView({ tops, pressed }) {
    const inView = tops.filter(([, box]) => box.height && box.bottom > 0 && box.top < window.innerHeight);
    const own = pressed?.by && inView.find(([row]) => row.contains(pressed.by) && row !== tops.at(-1)[0]);
    const nearest = inView.filter(([, box]) => box.top >= 0);
    for (const [row, box] of [own, ...nearest, ...inView].filter(Boolean)) {
      const now = follow(row);
      const top = now?.getBoundingClientRect();
      if (!top?.height) continue;
      window.scrollBy({ top: top.top - box.top, behavior: "instant" });
      return;
    }
  }

  // --- what is pressed ---------------------------------------------------------------------------------------------------
  document.addEventListener(
    "submit",
    (event) => {
      if (event.target !== form()) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      const { submitter } = event;
      submitted(submitter?.value || "save", submitter);
    },
    true,
  );
  let submitted = (value, submitter) => order(value, { by: submitter ?? document.activeElement });

  window.addEventListener("pageshow", () => (left = false)); // back from where the server sent us, by the browser's memory

  return {
    form,
    order,
    save,
    find,
    placeOf,
    onSubmit: (serve) => (submitted = serve),
    typing: () => (typed += 1),
    leave: () => (kept = typed),
    isDirty: () => typed > kept,
    idle,
  };
}
