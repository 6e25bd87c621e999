// An assessment that saves while one types. Only what changed is sent, each field with what stood there before: so two tabs, or two
// people, can fill it at once. What is not saved yet is kept in this tab's storage until the server has it, and survives a lost
// connection and a reload. Without this script the form is saved whole, by its buttons.
import { bodyChart } from "./body-chart.js";
import { say } from "./network.js";
import { csrf, icon, stored } from "./page.js";
import { isRunning } from "./stopwatch.js";
import { toast } from "./toasts.js";

const QUIET = 700; // ms without typing, after which the draft is saved
const AGAIN = 5000; // ms until a save that did not reach the server is tried again

const form = document.getElementById("assessment");
const words = document.getElementById("assess-words").dataset;
const address = form.getAttribute("action");
const key = `assessment:${address}:${document.body.dataset.user}`;

// --- fields by name -----------------------------------------------------------------------------------------------------
const OURS = /^(kind|notes|red_flag_action|hours_since_dose)$|^(flag|mark|value|item|position|row)\./;
const fieldsOf = (name) => [...form.elements].filter((field) => field.name === name);

function valueOf(name) {
  const fields = fieldsOf(name);
  if (!fields.length) return undefined;
  if (fields[0].type === "radio") return fields.find((field) => field.checked)?.value ?? "";
  return fields[0].value;
}

function setValue(name, value) {
  const fields = fieldsOf(name);
  if (fields[0]?.type === "radio") for (const field of fields) field.checked = field.value === value;
  else if (fields[0] && fields[0].value !== value) fields[0].value = value;
}

const named = () => new Set([...form.elements].map((field) => field.name).filter((name) => OURS.test(name)));

// --- what the server has, and what it does not have yet -------------------------------------------------------------------
const base = new Map(); // field → what the server said of it last; nothing: ""
const pending = new Map(); // field → what stands in it and is not saved
for (const name of named()) base.set(name, valueOf(name));

const was = (name) => base.get(name) ?? "";

function note(name, now) {
  if (now === was(name)) pending.delete(name);
  else pending.set(name, now);
  keep();
}

function keep() {
  const changes = Object.fromEntries([...pending].map(([name, now]) => [name, [was(name), now]]));
  stored(sessionStorage, key, pending.size ? JSON.stringify(changes) : null);
}

function restore() {
  const text = stored(sessionStorage, key);
  if (!text) return;
  let changes;
  try {
    changes = Object.entries(JSON.parse(text));
  } catch {
    return;
  }
  for (const [name, [before, now]] of changes) {
    if (now === was(name)) continue;
    if (isMark(name) && now) addMark(name);
    if (before !== was(name)) base.set(name, before); // somebody else wrote meanwhile: the server will say so
    pending.set(name, now);
    setValue(name, now);
  }
  for (const [name, [, now]] of changes) if (isMark(name) && !now) dropMark(name);
  if (pending.size) toast(words.restored);
}

// --- saving ---------------------------------------------------------------------------------------------------------------
let timer;
let flying; // a promise while a save is on its way
let renew = new Set(); // parts of the page to ask for with the next save

const soon = (wait = QUIET) => {
  clearTimeout(timer);
  timer = setTimeout(save, wait);
};

async function save() {
  clearTimeout(timer);
  if (flying) return flying.then(() => (pending.size || renew.size ? save() : undefined));
  if (!pending.size && !renew.size) return undefined;
  flying = send(new Map(pending), renew).finally(() => {
    flying = undefined;
  });
  return flying;
}

async function send(sent, parts) {
  renew = new Set();
  say("busy");
  const changes = Object.fromEntries([...sent].map(([name, now]) => [name, [was(name), now]]));
  let answer;
  try {
    answer = await fetch(address, {
      method: "POST",
      headers: { "Content-Type": "application/json", Accept: "application/json", "X-CSRFToken": csrf() },
      body: JSON.stringify({ changes, renew: [...parts] }),
      signal: AbortSignal.timeout(20_000),
    });
  } catch {
    for (const part of parts) renew.add(part);
    lost(true);
    soon(AGAIN);
    return;
  }
  lost(false);
  if (answer.redirected || answer.status === 401) {
    say("failed");
    document.dispatchEvent(new CustomEvent("tonus:signed-out"));
    return;
  }
  if (!answer.ok) {
    say("failed");
    const told = await answer.json().catch(() => ({}));
    toast(answer.status === 409 ? words.closed : (told.detail ?? words.unsaved), { level: "error" });
    if (answer.status >= 500 || answer.status === 429) soon(AGAIN);
    return;
  }
  take(await answer.json(), sent);
  say("saved");
}

function lost(isLost) {
  document.getElementById("offline").hidden = !isLost;
  say(isLost ? "off" : "");
}

function take({ state, revision, errors, conflicts, scores, parts }, sent) {
  form.elements.revision.value = revision;
  for (const [name, now] of sent) if (!(name in conflicts) && pending.get(name) === now) pending.delete(name);
  for (const name of new Set([...base.keys(), ...Object.keys(state)])) {
    if (!(name in conflicts)) base.set(name, state[name] ?? "");
  }
  for (const [part, html] of Object.entries(parts)) replace(part, html);
  catchUp(state);
  for (const [slot, html] of Object.entries(scores ?? {})) {
    const line = form.querySelector(`[data-score="${CSS.escape(slot)}"]`);
    if (line) line.innerHTML = html; // our own template, escaped there
  }
  showErrors(errors);
  showConflicts(conflicts);
  keep();
  showWhere();
}

/** Put into the form what the server has and this tab did not touch. */
function catchUp(state) {
  for (const name of Object.keys(state)) if (isMark(name) && !pending.has(name) && !markOf(name)) addMark(name);
  for (const fieldset of form.querySelectorAll("[data-marks] > [data-mark]")) {
    const { mark } = fieldset.dataset;
    if (!(mark in state) && !pending.has(mark)) dropMark(mark);
  }
  for (const name of named()) {
    if (!pending.has(name) && !fieldsOf(name).some(isRunning)) setValue(name, was(name));
  }
  drawMarks();
}

function replace(part, html) {
  const old = document.getElementById(`part-${part}`);
  if (!old) return;
  const focused = old.contains(document.activeElement) ? document.activeElement.id : "";
  const open = new Set([...old.querySelectorAll(".measure details[open]")].map((each) => each.closest(".measure").id));
  const template = document.createElement("template");
  template.innerHTML = html;
  old.replaceWith(template.content);
  const fresh = document.getElementById(`part-${part}`);
  for (const id of open) fresh.querySelector(`#${CSS.escape(id)} details`)?.setAttribute("open", "");
  for (const [name, now] of pending) setValue(name, now);
  if (part === "measures") ready();
  if (part === "steps") markStep();
  if (focused) document.getElementById(focused)?.focus({ preventScroll: true });
  if (part === "stop") sound();
}

// --- errors and conflicts -------------------------------------------------------------------------------------------------
const holderOf = (name) => form.querySelector(`[data-field="${CSS.escape(name)}"]`);

function showErrors(errors) {
  for (const old of form.querySelectorAll("[data-fault]")) old.remove();
  for (const holder of form.querySelectorAll(".field--error")) holder.classList.remove("field--error");
  for (const field of form.querySelectorAll("[aria-invalid]")) field.removeAttribute("aria-invalid");
  for (const [name, why] of Object.entries(errors)) fault(name, why);
}

function fault(name, why) {
  const holder = holderOf(name);
  if (!holder) return null;
  const line = document.createElement("p");
  line.className = "field__error";
  line.dataset.fault = "";
  const text = document.createElement("span");
  text.textContent = why;
  line.append(icon("warn"), text);
  holder.append(line);
  holder.classList.add("field--error");
  holder.querySelector("input, select, textarea")?.setAttribute("aria-invalid", "true");
  return line;
}

function showConflicts(conflicts) {
  for (const [name, theirs] of Object.entries(conflicts)) {
    const line = fault(name, words.theirs.replace("%s", theirs || words.empty));
    if (!line) {
      base.set(name, theirs);
      pending.delete(name);
      continue;
    }
    for (const [label, mine] of [[words.keep, true], [words.take, false]]) {
      const button = Object.assign(document.createElement("button"), { type: "button", className: "btn btn--sm", textContent: label });
      button.addEventListener("click", () => {
        base.set(name, theirs);
        if (!mine) setValue(name, theirs);
        line.remove();
        note(name, valueOf(name) ?? "");
        save();
      });
      line.append(button);
    }
  }
}

// --- typing ---------------------------------------------------------------------------------------------------------------
function typed(event) {
  const field = event.target;
  if (field.form !== form || !OURS.test(field.name) || isRunning(field)) return;
  note(field.name, valueOf(field.name));
  if (field.name.startsWith("mark.")) drawMarks();
  if (field.name.startsWith("flag.") || field.name === "red_flag_action") showWhere();
  if (field.name === "kind") save().then(() => !pending.size && location.reload());
  else soon(event.type === "change" ? 150 : QUIET);
}
form.addEventListener("input", typed);
form.addEventListener("change", typed);
window.addEventListener("online", () => save());
document.addEventListener("visibilitychange", async () => {
  if (document.hidden) {
    save();
    return;
  }
  if (flying || pending.size) return;
  const answer = await fetch(address, { headers: { Accept: "application/json" } }).catch(() => null);
  if (!answer?.ok || answer.redirected || flying || pending.size) return;
  const { state, revision } = await answer.json();
  if (String(revision) === form.elements.revision.value) return;
  renew.add("measures");
  save();
  for (const name of new Set([...base.keys(), ...Object.keys(state)])) base.set(name, state[name] ?? "");
  catchUp(state);
});
window.addEventListener("beforeunload", (event) => {
  if (pending.size) event.preventDefault();
});

// Enter goes on to the next field of a measure, as Tab does; a form this long is not sent by it.
form.addEventListener("keydown", (event) => {
  if (event.key === "s" && (event.ctrlKey || event.metaKey)) {
    event.preventDefault();
    save();
  }
  if (event.key !== "Enter" || event.ctrlKey || event.metaKey || !event.target.matches("input, select")) return;
  event.preventDefault();
  const cells = [...form.querySelectorAll(".cell__in")].filter((cell) => cell.offsetParent);
  cells[cells.indexOf(event.target) + 1]?.focus();
});

// A button that sends the whole form first waits until everything typed is saved.
form.addEventListener("submit", async (event) => {
  if (!flying && !pending.size) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  const { submitter } = event;
  await save();
  if (pending.size) toast(words.unsaved, { level: "error" });
  else form.requestSubmit(submitter?.isConnected ? submitter : null);
}, true);

// --- body chart -------------------------------------------------------------------------------------------------------------
const isMark = (name) => /^mark\.[^.]+\.[^.]+$/.test(name);
const markOf = (name) => form.querySelector(`[data-mark="${CSS.escape(name)}"]`);
const marks = form.querySelector("[data-marks]");
const list = form.querySelector("[data-mark-list]");
const svg = form.querySelector("[data-body-chart]");
const nameOf = new Map([...svg.querySelectorAll("[data-region]")].map((place) => [place.dataset.region, place.getAttribute("aria-label")]));
const kindNames = new Map(fieldsOf("add_kind").map((field) => [field.value, field.nextElementSibling.textContent]));
let chosen = "";

function addMark(name) {
  const [, region, kind] = name.split(".");
  const fresh = document.getElementById("mark-template").content.cloneNode(true).firstElementChild;
  for (const element of [fresh, ...fresh.querySelectorAll("*")]) {
    for (const { name: attribute, value } of [...element.attributes]) {
      if (value.includes("__name__")) element.setAttribute(attribute, value.replaceAll("__name__", name));
    }
  }
  Object.assign(fresh.dataset, { mark: name, region, kind: kind.split("~")[0] });
  fresh.querySelector("[data-label]").textContent = nameOf.get(region) ?? region;
  fresh.querySelector("[data-kind-label]").textContent = kindNames.get(fresh.dataset.kind);
  fresh.querySelector("[data-only]").hidden = fresh.dataset.kind !== fresh.querySelector("[data-only]").dataset.only;
  marks.append(fresh);
  return fresh;
}

function dropMark(name) {
  markOf(name)?.remove();
  if (chosen === name) chosen = "";
}

function choose(region, { byKey }) {
  const kind = valueOf("add_kind");
  const name = `mark.${region}.${kind}`;
  if (!markOf(name)) {
    addMark(name);
    note(name, "1");
    soon(150);
  }
  select(name, byKey);
}

function select(name, withFocus) {
  chosen = name;
  drawMarks();
  const editor = markOf(name);
  if (withFocus) editor?.querySelector("input[type=radio]")?.focus();
}

const chart = bodyChart(svg, choose);

function drawMarks() {
  const all = [...marks.querySelectorAll(":scope > [data-mark]")];
  if (!all.some((each) => each.dataset.mark === chosen)) chosen = all.at(-1)?.dataset.mark ?? "";
  const drawn = all.map((each, place) => {
    const { mark, region, kind } = each.dataset;
    each.querySelector("[data-number]").textContent = place + 1;
    each.hidden = mark !== chosen;
    return { name: mark, region, kind, intensity: valueOf(`${mark}.intensity`) ?? "", number: place + 1, label: each.querySelector("[data-label]").textContent };
  });
  chart.draw(drawn, markOf(chosen)?.dataset.region);
  list.replaceChildren(...drawn.map(row));
  form.querySelector("[data-mark-count]").textContent = drawn.length;
  form.querySelector("[data-no-marks]").hidden = drawn.length > 0;
}

function row({ name, label, kind, intensity, number }) {
  const item = document.createElement("li");
  if (name === chosen) item.setAttribute("aria-current", "true");
  const button = Object.assign(document.createElement("button"), { type: "button", className: "siterow" });
  const round = Object.assign(document.createElement("span"), { className: "siterow__n", textContent: number });
  const text = Object.assign(document.createElement("span"), { className: "grow" });
  const strong = Object.assign(document.createElement("strong"), { textContent: label });
  const small = Object.assign(document.createElement("span"), { className: "sm muted", textContent: kindNames.get(kind) + (intensity === "" ? "" : ` ${intensity}/10`) });
  text.append(strong, small);
  button.append(round, text);
  button.addEventListener("click", () => select(name, true));
  item.append(button);
  return item;
}

form.addEventListener("click", (event) => {
  const clear = event.target.closest("[data-clear]");
  if (clear) {
    event.preventDefault();
    const { region } = markOf(clear.dataset.clear).dataset;
    dropMark(clear.dataset.clear);
    for (const name of [...pending.keys()]) if (name.startsWith(`${clear.dataset.clear}.`)) pending.delete(name);
    note(clear.dataset.clear, "");
    drawMarks();
    chart.focus(region);
    soon(150);
  }
  if (event.target.closest("[data-add-mark]")) {
    event.preventDefault();
    const field = form.elements.add_region;
    if (field.value) choose(field.value, { byKey: true });
    field.value = "";
  }
  const none = event.target.closest("[data-none]");
  if (none) {
    for (const question of none.closest("fieldset").querySelectorAll(".rf__q")) {
      if (question.querySelector("input:checked")) continue;
      const no = question.querySelector("input[value=no]");
      no.checked = true;
      note(no.name, "no");
    }
    showWhere();
    soon(150);
  }
  if (event.target.closest("[data-next]")) show(steps()[steps().indexOf(current) + 1] ?? current, true);
});
marks.addEventListener("keydown", (event) => {
  if (event.key === "Escape") chart.focus(event.target.closest("[data-mark]").dataset.region);
});

// --- another place, another measure -------------------------------------------------------------------------------------------
form.addEventListener("change", async (event) => {
  const { addPlace, addMeasure } = event.target.dataset;
  if ((addPlace === undefined && addMeasure === undefined) || !event.target.value) return;
  const [measure, place] = addPlace === undefined ? [event.target.value, "."] : [addPlace, event.target.value];
  event.target.value = "";
  note(`row.${measure}.${place}`, "1");
  renew.add("measures");
  await save();
  const start = addPlace === undefined ? `[name^="value.${measure}."], [name^="item.${measure}."]` : `[name^="value.${measure}.${place}."]`;
  form.querySelector(start)?.focus();
});

// --- one step at a time -------------------------------------------------------------------------------------------------------
let current = "flags";
let alarm = false; // an emergency was just answered: what to do is to be seen, as soon as it is there
const steps = () => [...form.querySelectorAll("[data-step]")].map((link) => link.dataset.step);

function show(step, withFocus = false) {
  if (isStopped() && step !== "flags") step = "flags";
  current = step;
  for (const panel of form.querySelectorAll("[data-panel]")) panel.hidden = panel.dataset.panel !== step;
  form.querySelector("[data-next-row]").hidden = step === steps().at(-1);
  markStep();
  if (step === "chart") requestAnimationFrame(drawMarks);
  if (withFocus) document.getElementById(`step-${step}`).focus();
}

function markStep() {
  for (const link of form.querySelectorAll("[data-step]")) {
    link.removeAttribute("aria-current");
    if (link.dataset.step === current) link.setAttribute("aria-current", "step");
    link.toggleAttribute("aria-disabled", isStopped() && link.dataset.step !== "flags");
    if (isStopped() && link.dataset.step !== "flags") link.setAttribute("aria-disabled", "true");
  }
}

/** An emergency was answered yes and nothing written yet of what was done: no other step opens, with the network or without. */
function isStopped() {
  return Boolean(form.querySelector("[data-emergency] input[value=yes]:checked")) && !form.elements.red_flag_action.value.trim();
}

function showWhere() {
  for (const question of form.querySelectorAll(".rf__q")) {
    const said = question.querySelector("input:checked")?.value;
    question.classList.toggle("rf__q--yes", said === "yes");
    question.classList.toggle("rf__q--un", said === "unsure");
  }
  const raised = form.querySelector(".rf__q input[value=yes]:checked, .rf__q input[value=unsure]:checked");
  form.querySelector("[data-action]").hidden = !raised && !form.elements.red_flag_action.value;
  const stopsNow = isStopped() && !form.classList.contains("is-stopped");
  form.classList.toggle("is-stopped", isStopped());
  if (stopsNow) alarm = true;
  if (isStopped() && current !== "flags") show("flags");
  else markStep();
}

form.addEventListener("click", (event) => {
  const link = event.target.closest("[data-step]");
  if (!link) return;
  event.preventDefault();
  if (link.getAttribute("aria-disabled") !== "true") show(link.dataset.step, true);
});

form.addEventListener("click", (event) => {
  const link = event.target.closest("[data-go]");
  const field = link && fieldsOf(link.dataset.go)[0];
  if (!field) return;
  event.preventDefault();
  show(field.closest("[data-panel]")?.dataset.panel ?? current);
  field.focus();
});

function ready() {
  for (const button of form.querySelectorAll("[data-stopwatch], [data-none]")) button.hidden = false;
}

/** Bring what an emergency asks for into view, wherever on the long page it was answered. */
function sound() {
  const heading = document.querySelector("#part-stop[data-stopped] #h-stop");
  if (!alarm || !heading) return;
  alarm = false;
  heading.tabIndex = -1;
  heading.focus({ preventScroll: true });
  heading.closest("section").scrollIntoView({ block: "center" });
}

form.classList.add("is-stepped");
ready();
restore();
const wrong = form.querySelector(".field--error, [aria-invalid=true]")?.closest("[data-panel]")?.dataset.panel;
show(location.hash.startsWith("#step-") ? location.hash.slice(6) : (wrong ?? "flags"));
drawMarks();
showWhere();
if (pending.size) save();
