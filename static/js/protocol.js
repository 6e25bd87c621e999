// The editor of a protocol: what is typed while a row is added or moved stays, and what is pressed is done in turn.
import { renewed } from "./renewed.js";

const ROW = /^(?:.+\.)?(?:phases|reassessment|goal_templates|clinic_modalities|home_exercises)\.\d+$/;
const rows = (form) => [...form.querySelectorAll("[id]")].filter((element) => ROW.test(element.id));
const listOf = (path) => path.replace(/\.\d+$/, "");
const placeOf = (path) => Number(path.slice(listOf(path).length + 1));

/** Rows have no name but their place, and each order changes the places in one list, in a way that is known. */
function pair(before, after, order) {
  const [verb, path = ""] = order.split(":");
  const at = placeOf(path);
  const isList = before.some((row) => row.id === path);
  const length = isList ? before.filter((row) => listOf(row.id) === listOf(path) ).length : 0;
  const other = { up: at - 1, down: at + 1 }[verb];
  const moves = isList && (verb === "remove" || (other >= 0 && other < length));
  const now = (place) => {
    if (verb === "remove") return place === at ? null : place > at ? place - 1 : place;
    return place === at ? other : place === other ? at : place;
  };
  const byId = new Map(after.map((row) => [row.id, row]));
  const stem = `${listOf(path)}.`;
  return before.map((row) => {
    const rest = moves && row.id.startsWith(stem) && /^(\d+)(.*)$/.exec(row.id.slice(stem.length));
    if (!rest) return [row, byId.get(row.id)];
    const place = now(Number(rest[1]));
    return [row, place === null ? undefined : byId.get(`${stem}${place}${rest[2]}`)];
  });
}

/** What was just added or moved has the hand already (autofocus); else the first fault, or what follows the row taken away. */
function settle({ pressed, verb, replaced, went, sent }) {
  if (!pressed || !replaced || went) return;
  const form = editor.form();
  if (form.contains(document.activeElement)) document.activeElement.scrollIntoView({ block: "nearest" });
  const fault = verb === "save" && form.querySelector("[aria-invalid=true], .error-summary a, .banner");
  if (fault) focus(fault);
  if (verb === "remove") {
    const path = sent.split(":")[1];
    const left = rows(form).filter((row) => listOf(row.id) === listOf(path));
    const next = left[placeOf(path)] ?? left.at(-1);
    focus(next?.querySelector("summary, button") ?? form.querySelector(`[value="add:${CSS.escape(listOf(path))}"]`));
  }
}

function focus(element) {
  if (!element) return;
  if (!element.matches("a, button, input, select, textarea, summary")) element.tabIndex = -1;
  element.closest("details:not(:has(> summary:focus))")?.setAttribute("open", "");
  element.focus();
}

const editor = renewed("#protocol-form", { rows, pair, nameOf: (row) => row.id, settle });
