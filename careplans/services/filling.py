"""An assessment as a form of many small fields, saved while somebody types, from two tabs or by two people at once.

Every field has a flat name and a text, "" where nothing stands:

- `kind`, `notes`, `red_flag_action`
- `flag.<red flag>`: yes, no, unsure
- `mark.<region>.<kind>`: "1" where the body chart is marked; `mark.<region>.<kind>.<property>` says more of it
- `value.<measure>.<site>.<motion>.<side>.<way>`: a value, or with `.<input>` behind it what a value comes from or is told with it
- `item.<measure>.<place>.<input>`: the entries of a measure that has several, counted from 0
- `position.<measure>`, `hours_since_dose`: under which conditions values are taken
- `row.<measure>.<site>.<motion>`: "1" for a line somebody added to the form

A change names what stood in the field before. It is taken when that still stands there; where somebody else wrote meanwhile, both
are told. What is no value (yet) stays in `Assessment.typed` as it was typed, so that it comes back with the page.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _
from rest_framework.serializers import ValidationError

from careplans import scoring
from careplans.models import Assessment, Measurement
from careplans.services import measuring
from careplans.services.assessment_shapes import MARKS, AssessmentShape, ValueShape
from careplans.services.assessments import lock_draft, save_assessment
from catalogue.knowledge import knowledge
from clinic.access import Access

State = dict[str, str]
ANSWERS = {"yes": True, "no": False, "unsure": None}
TEXTS = ("kind", "notes", "red_flag_action")
PROPERTIES = ("intensity", "spasm_type", "trigger", "frequency", "wakes_at_night")
ELSEWHERE = ("medication-dose-ratio", "home-adherence")  # worked out from the medicines and the logs
ONLY_TYPED = (
    "position.",
    "hours_since_dose",
    "row.",
)  # no value by themselves: they say of others how, or where
MEASURED = ("value.", "item.", "position.", "hours_since_dose")
KEPT = ("id", "measured_at")  # of a row that is there already
LONGEST = {"notes": 20_000, "red_flag_action": 1000}
LONGEST_VALUE = 400


LENGTHS: Mapping[str, tuple[int, ...]] = {
    **dict.fromkeys((*TEXTS, "hours_since_dose"), (0,)),
    **{"flag": (1,), "mark": (2, 3), "value": (5, 6), "item": (3,), "position": (1,), "row": (3,)},
}


# --- one value on the form -----------------------------------------------------------------------------------------------
def way_of(measure: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """Return the input that says how a value was taken (active or passive, now or at worst), if the measure has one."""
    return next(iter(scoring.ways(measure)), None)


@dataclass(frozen=True, slots=True)
class Slot:
    """Where one value stands on the form."""

    measure: str
    site: str = ""
    motion: str = ""
    side: str = ""
    way: str = ""

    @property
    def name(self) -> str:
        return ".".join(("value", self.measure, self.site, self.motion, self.side, self.way))

    @classmethod
    def of(cls, row: Measurement) -> "Slot":
        way = way_of(knowledge().measures[row.measure_id])
        said = row.inputs.get(way["id"]) if way else None
        return cls(row.measure_id, row.site, row.motion, row.side, str(said or ""))


def known(name: str) -> bool:
    """Tell whether the form has such a field."""
    what, *parts = name.split(".")
    if what not in LENGTHS or len(parts) not in LENGTHS[what]:
        return False
    if what == "flag":
        return parts[0] in knowledge().red_flags
    if what == "mark":
        return parts[1].partition("~")[0] in MARKS and set(parts[2:]) <= {*PROPERTIES}
    return not parts or parts[0] in knowledge().measures


# --- from the record to the form -----------------------------------------------------------------------------------------
def state(row: Assessment) -> State:
    """Return every field that says something, of an assessment fetched with its measurements."""
    found = {name: getattr(row, name) for name in TEXTS if getattr(row, name)}
    said = {answer: word for word, answer in ANSWERS.items()}
    found |= {f"flag.{flag}": said[answer] for flag, answer in row.red_flags.items()}
    for name, mark in _named(row.body_chart):
        found[name] = "1"
        found |= {f"{name}.{key}": _told(mark[key]) for key in PROPERTIES if mark.get(key) not in (None, "")}
    for value in reversed(standing(row)):  # of two in one slot the form shows the first
        found |= _value(value)
        for condition in ("position", "hours_since_dose"):
            if (told := value.conditions.get(condition)) not in (None, ""):
                name = f"position.{value.measure_id}" if condition == "position" else condition
                found.setdefault(name, _told(told))
    return found | row.typed


def standing(row: Assessment) -> list[Measurement]:
    """Return the values of an assessment in the order in which they were sent; struck-through ones are left out."""
    return sorted((each for each in row.measurements.all() if not each.voided_at), key=lambda each: each.pk)


def _named(marks: Iterable[Mapping[str, Any]]) -> Iterable[tuple[str, Mapping[str, Any]]]:
    """Yield the field name of each mark; a second one of a kind in one place (from another program) gets a number."""
    seen: dict[tuple[str, str], int] = defaultdict(int)
    for mark in marks:
        key = (mark["region"], mark["kind"])
        seen[key] += 1
        yield f"mark.{key[0]}.{key[1]}" + (f"~{seen[key]}" if seen[key] > 1 else ""), mark


def _value(row: Measurement) -> State:
    if row.measure_id in ELSEWHERE:
        return {}
    measure, slot = knowledge().measures[row.measure_id], Slot.of(row)
    if row.measure_id in scoring.FORMULAS_OF_SEVERAL:
        return {
            f"item.{row.measure_id}.{place}.{name}": _told(told)
            for place, item in enumerate(row.inputs.get("items", []))
            for name, told in item.items()
        }
    way = way_of(measure)
    more = {f"{slot.name}.{key}": _told(v) for key, v in row.inputs.items() if not way or key != way["id"]}
    return more if scoring.is_computed(measure) else {slot.name: _told(row.value), **more}


def _told(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:g}" if isinstance(value, float) else str(value)


# --- from the form to the record -----------------------------------------------------------------------------------------
@dataclass
class Reading:
    """The form's fields as the services take them, and which fields each part of it came from."""

    fields: dict[str, Any] = field(default_factory=dict)
    marks: list[str] = field(default_factory=list)  # names, by place in `body_chart`
    values: list[list[str]] = field(default_factory=list)  # names, by place in `measurements`

    def blame(self, errors: Mapping[str, Any]) -> dict[str, str]:
        """Return what is wrong by field name: "" for a field that is only part of what is wrong."""
        found: dict[str, str] = {}
        for part, wrong in errors.items():
            if part == "red_flags":
                found |= {f"flag.{flag}": _flat(each) for flag, each in wrong.items()}
            elif part == "body_chart":
                for place, each in _by_place(wrong):
                    name = self.marks[place]
                    at_mark = {"region", "kind", "non_field_errors"}
                    found |= {
                        name if key in at_mark else f"{name}.{key}": _flat(why) for key, why in each.items()
                    }
            elif part == "measurements":
                for place, each in _by_place(wrong):
                    found |= self.blame_value(self.values[place], each)
            else:
                found[part] = _flat(wrong)
        return found

    def blame_value(self, names: list[str], wrong: Mapping[str, Any]) -> dict[str, str]:
        found = dict.fromkeys(names, "")
        at_inputs = wrong.get("inputs", {})
        for key, why in at_inputs.items() if isinstance(at_inputs, Mapping) else ():
            own = [name for name in names if name.endswith(f".{key}")]
            found[own[0] if own else _beside(names[0], key)] = _flat(why)
        if rest := [why for key, why in wrong.items() if key != "inputs"]:
            found[names[0]] = _flat(rest)
        return found


def _beside(name: str, key: str) -> str:
    """Return the field of an input of the same value as `name`."""
    parts = name.split(".")
    return ".".join([*parts[: 3 if parts[0] == "item" else 6], key])


def _by_place(wrong: Any) -> Iterable[tuple[int, Mapping[str, Any]]]:
    pairs = wrong.items() if isinstance(wrong, Mapping) else enumerate(wrong)
    return [(int(place), each) for place, each in pairs if each and str(place).isdigit()]


def _flat(wrong: Any) -> str:
    if isinstance(wrong, Mapping):
        wrong = list(wrong.values())
    return " ".join(map(_flat, wrong)) if isinstance(wrong, list | tuple) else str(wrong)


def read(row: Assessment, form: State, by: Access) -> Reading:
    """Return what a whole form says, in the words of the services."""
    found = Reading({name: form.get(name, "") for name in TEXTS})
    found.fields["red_flags"] = {
        name.removeprefix("flag."): ANSWERS[said]
        for name, said in form.items()
        if name.startswith("flag.") and said in ANSWERS
    }
    found.marks = [name for name in form if name.startswith("mark.") and name.count(".") == 2]
    found.fields["body_chart"] = [_mark(name, form) for name in found.marks]
    found.fields["measurements"] = []
    there = standing(row)
    before = {Slot.of(each).name: each for each in reversed(there)}
    texts: dict[str, State] = defaultdict(dict)
    for name, told in form.items():
        if name.startswith(("value.", "item.")):
            texts[_slot_name(name)][name] = told
    for slot_name, own in texts.items():
        found.fields["measurements"].append(_measurement(slot_name, own, before.get(slot_name), form, by))
        found.values.append(list(own))
    for (
        each
    ) in there:  # what has no field stays as it is: a second value of one slot, one worked out elsewhere
        if before[Slot.of(each).name] is not each or each.measure_id in ELSEWHERE:
            found.fields["measurements"].append(_as_it_is(each))
            found.values.append([Slot.of(each).name])
    return found


def _slot_name(name: str) -> str:
    parts = name.split(".")
    return Slot(parts[1]).name if parts[0] == "item" else ".".join(parts[:6])


def _mark(name: str, form: State) -> dict[str, Any]:
    _mark_word, region, kind = name.split(".")
    mark: dict[str, Any] = {"region": region, "kind": kind.partition("~")[0]}
    for key in PROPERTIES:
        if told := form.get(f"{name}.{key}"):
            mark[key] = told
    if "intensity" in mark:
        mark["intensity"] = _number(mark["intensity"])
    if "wakes_at_night" in mark:
        mark["wakes_at_night"] = ANSWERS.get(mark["wakes_at_night"], mark["wakes_at_night"])
    return mark


def _measurement(
    slot_name: str, told: State, before: Measurement | None, form: State, by: Access
) -> dict[str, Any]:
    measure_id, site, motion, side, way = slot_name.split(".")[1:]
    measure = knowledge().measures[measure_id]
    found: dict[str, Any] = {"measure": measure_id, "site": site, "motion": motion, "side": side or None}
    if before is not None:
        found |= {"id": before.pk, "measured_at": before.measured_at, "source": before.source}
    texts = {
        field["id"] for field in measure.get("input_fields", ()) if "choices" in field or "note" in field
    }
    if measure_id in scoring.FORMULAS_OF_SEVERAL:
        items: dict[int, dict[str, Any]] = defaultdict(dict)
        for name, text in told.items():
            _item, _measure, place, key = name.split(".")
            items[int(place) if place.isdecimal() else 0][key] = text if key in texts else _number(text)
        found["inputs"] = {"items": [items[place] for place in sorted(items)]}
    else:
        inputs = {
            parts[6]: text if parts[6] in texts else _number(text)
            for parts, text in ((name.split("."), text) for name, text in told.items())
            if len(parts) > 6
        }
        if chosen := way_of(measure):
            inputs |= {chosen["id"]: way} if way else {}
        found["inputs"] = inputs
        if not scoring.is_computed(measure):
            choices = measure["value"].get("choices")
            text = told.get(slot_name, "")
            found["value"] = text if choices else _number(text)
    found["conditions"] = _conditions(measure, before, form, by)
    return found


def _conditions(
    measure: Mapping[str, Any], before: Measurement | None, form: State, by: Access
) -> dict[str, Any]:
    found = {**before.conditions} if before else {"rater": by.name[:100]}
    names = {"hours_since_dose": "hours_since_dose", "position": f"position.{measure['id']}"}
    for condition, name in names.items():
        told = form.get(name, "")
        wrong = not told or condition_fault(name, told)
        found[condition] = None if wrong else _number(told) if condition == "hours_since_dose" else told
    return {key: value for key, value in found.items() if value not in (None, "")}


def condition_fault(name: str, told: str) -> str:
    """Return what is wrong with a condition, "" for another field: the values taken under it are values none the less."""
    if name == "hours_since_dose":
        hours = _number(told)
        return "" if isinstance(hours, int | float) and 0 <= hours <= 1000 else _("Enter hours, 0 to 1000.")
    if name.startswith("position.") and told not in knowledge().vocabulary["positions"]:
        return _("There is no such position.")
    return ""


def _as_it_is(row: Measurement) -> dict[str, Any]:
    computed = scoring.is_computed(knowledge().measures[row.measure_id])
    return {
        "id": row.pk,
        "measure": row.measure_id,
        "value": None if computed else row.value,
        "site": row.site,
        "side": row.side or None,
        "motion": row.motion,
        "inputs": row.inputs,
        "conditions": row.conditions,
        "measured_at": row.measured_at,
        "source": row.source,
    }


def _number(text: str) -> Any:
    """Return a number as people write it, whole where it is whole; anything else as it was typed."""
    plain = text.strip().replace(",", ".")
    with suppress(ValueError):
        return int(plain)
    with suppress(ValueError):
        value = float(plain)
        return value if abs(value) < 1e9 else text
    return text


# --- saving --------------------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Saved:
    """What came of a save: the fields as they stand now, what is no value (yet), and what somebody else wrote meanwhile."""

    row: Assessment
    state: State
    errors: dict[str, str]
    conflicts: dict[str, str]


@transaction.atomic
def fill_form(assessment_id: UUID, changes: Mapping[str, tuple[str, str]], *, by: Access) -> Saved:
    """Change fields of a draft, each from what stood there to what stands there now. Raises Signed or Voided."""
    row = lock_draft(assessment_id, by)
    before = state(row)
    wanted, conflicts = dict(before), {}
    for name, (was, now) in changes.items():
        current, now = before.get(name, ""), _cut(name, now)
        if not known(name) or current == now:
            continue
        if current != was:
            conflicts[name] = current
        elif now:
            wanted[name] = now
        else:
            wanted.pop(name, None)
            if name.startswith("mark.") and name.count(".") == 2:
                wanted = {key: told for key, told in wanted.items() if not key.startswith(f"{name}.")}
    errors = faults(row, wanted, by)
    if wanted != before:
        _write(row, wanted, before, errors, by)
        row = drafted(assessment_id, by)
    return Saved(row, state(row), {name: why for name, why in errors.items() if why}, conflicts)


def drafted(assessment_id: UUID, by: Access) -> Assessment:
    """Return an assessment with all that `state` reads."""
    found = Assessment.objects.for_clinic(by).select_related("patient")
    return found.prefetch_related("measurements").get(pk=assessment_id)


def _cut(name: str, text: str) -> str:
    return text[: LONGEST[name]] if name in LONGEST else text.strip()[:LONGEST_VALUE]


def faults(row: Assessment, form: State, by: Access) -> dict[str, str]:
    """Return what is no value of its field, by name; "" beside what is only incomplete with it."""
    reading = read(row, form, by)
    shown = {name: told for name, told in reading.fields.items() if name != "measurements"}
    shape = AssessmentShape(data=shown)
    found = {} if shape.is_valid() else reading.blame(shape.errors)
    for names, told in zip(reading.values, reading.fields["measurements"], strict=True):
        value = ValueShape(data={key: each for key, each in told.items() if key not in KEPT})
        try:
            value.is_valid(raise_exception=True)
            measuring.new_row(row.patient, told, by=by)
        except ValidationError as wrong:
            detail = wrong.detail if isinstance(wrong.detail, dict) else {"value": wrong.detail}
            found |= reading.blame_value(names, detail)
    return found | {name: why for name, told in form.items() if (why := condition_fault(name, told))}


def _write(row: Assessment, form: State, before: State, errors: Mapping[str, str], by: Access) -> Assessment:
    """Save what is valid as the record, and the rest as it was typed."""
    valid = {name: told for name, told in form.items() if name not in errors}
    typed = {name: told for name, told in form.items() if name in errors or name.startswith(ONLY_TYPED)}
    fields = read(row, valid, by).fields
    changed = {name for name in form.keys() | before.keys() if form.get(name) != before.get(name)}
    if not any(name.startswith(MEASURED) for name in changed):
        del fields["measurements"]
    return save_assessment(row.pk, {**fields, "kind": valid.get("kind", row.kind), "typed": typed}, by=by)
