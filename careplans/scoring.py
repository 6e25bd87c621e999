"""Values of measures: which are valid, what follows from their inputs, and whether a change means anything. Pure.

`value` reads what was entered as the catalogue's measure allows it (catalogue/data/README.md); `change` compares two such
values. Directions, steps, choices, thresholds and their sources are data; how they are used is here:

- A grade counts by its place among the measure's choices, a number by itself.
- A threshold is used for the people it was found in: one that names conditions (`for`) only for them, before one for anybody.
  Of several for the same people and of one kind the smallest counts (the minimal change); where a plain amount and a percentage
  are both published, the change must reach both.
- **Improved** and **worse** need a change beyond the measurement error (MDC) where one is known, or else of the important size
  (MCID). A change that is important by size but within the error is one we cannot tell; so is any change where nothing is
  published for people like this. A change beyond the error and below the MCID is real, and not important.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import sqrt
from typing import Any, Literal

from django.utils.translation import gettext as _

Entry = Mapping[str, Any]
Label = Literal["improved", "unchanged", "worse", "cannot-tell"]
TOLERANCE = 1e-9  # decimal fractions such as 0.1 have no exact binary form


def is_computed(measure: Entry) -> bool:
    return bool(measure["value"]["type"] == "computed")


class Invalid(ValueError):
    """What was entered is not a value of the measure: `errors`, messages by field ("value", or an input's id)."""

    def __init__(self, errors: Mapping[str, list[str]]) -> None:
        super().__init__("; ".join(f"{field}: {' '.join(found)}" for field, found in errors.items()))
        self.errors = dict(errors)


@dataclass(frozen=True, slots=True)
class Value:
    """A valid value: as it is kept (a grade's name or a number in the measure's unit), as a number, and what it came from."""

    kept: str | float | int
    number: float
    inputs: dict[str, Any]


# --- values --------------------------------------------------------------------------------------------------------------
def value(
    measure: Entry, entered: Any, inputs: Mapping[str, Any] | None = None, *, doses: Entry | None = None
) -> Value:
    """Return what was entered as a value of `measure`. A computed value comes from its `inputs` alone.

    `doses` are the reference daily doses in mg by medicine, for the medication ratio. Raises Invalid.
    """
    given = dict(inputs or {})
    if is_computed(measure):
        if entered is not None:
            raise Invalid({"value": [_("This value is computed: enter what it comes from.")]})
        return _computed(measure, given, doses or {})
    kept = _entered(measure["value"], entered, "value")
    return Value(kept, number(measure, kept), _checked_inputs(measure, given))


def number(measure: Entry, kept: Any) -> float:
    """Return a kept value as a number: a grade by its place among the measure's choices."""
    choices = measure["value"].get("choices")
    return float(choices.index(kept) if choices and isinstance(kept, str) else kept)


def _entered(limits: Entry, entered: Any, field: str) -> Any:
    """Return what was entered when it is one of the choices, or within min..max on a whole number of steps. Raises Invalid."""
    if choices := limits.get("choices"):
        for choice in choices:  # "3" and 3 are the same answer; 1.0, True and "1.5" are none
            if not isinstance(entered, bool | float) and str(choice) == str(entered):
                return choice
        allowed = ", ".join(str(choice) for choice in choices)
        raise Invalid({field: [_("Choose one of: %(choices)s.") % {"choices": allowed}]})
    if isinstance(entered, bool) or not isinstance(entered, int | float):
        raise Invalid({field: [_("Enter a number.")]})
    low, high, step = limits.get("min", entered), limits.get("max", entered), limits.get("step")
    if not low - TOLERANCE <= entered <= high + TOLERANCE:
        message = _("Enter a number from %(low)s to %(high)s.") % {"low": low, "high": high}
        raise Invalid({field: [message]})
    if step:
        steps = (entered - low) / step
        if abs(steps - round(steps)) > TOLERANCE * max(1, abs(steps)):
            raise Invalid({field: [_("Enter it in steps of %(step)s.") % {"step": step}]})
        entered = round(low + round(steps) * step, 6)
    return int(entered) if limits.get("type") == "integer" else min(max(entered, low), high)


def _checked_inputs(measure: Entry, given: Mapping[str, Any], *, all_of: bool = False) -> dict[str, Any]:
    """Return the inputs when each is one of the measure's and valid. `all_of`: none may be missing. Raises Invalid."""
    fields = {field["id"]: field for field in measure.get("input_fields", ())}
    errors = {name: [_("This measure has no such input.")] for name in given if name not in fields}
    checked = {}
    for name, field in fields.items():
        if given.get(name) is None:
            if all_of:
                errors[name] = [_("Enter this too.")]
            continue
        try:
            checked[name] = (
                _text(given[name], name) if "note" in field else _entered(field, given[name], name)
            )
        except Invalid as wrong:
            errors |= wrong.errors
    if errors:
        raise Invalid(errors)
    return checked


def _text(entered: Any, field: str) -> str:
    if not isinstance(entered, str) or not 0 < len(entered.strip()) <= 200 or "\0" in entered:
        raise Invalid({field: [_("Enter a few words.")]})
    return entered.strip()


# --- computed values -----------------------------------------------------------------------------------------------------
def _computed(measure: Entry, given: Mapping[str, Any], doses: Entry) -> Value:
    of_several = FORMULAS_OF_SEVERAL.get(measure["id"])
    if of_several:
        items = _items(measure, given)
        found, kept_inputs = of_several(items, doses), {"items": items}
    elif formula := FORMULAS.get(measure["id"]):
        needed = [field["id"] for field in measure["input_fields"] if "choices" not in field]
        checked = _checked_inputs(measure, given)
        if missing := {name: [_("Enter this too.")] for name in needed if name not in checked}:
            raise Invalid(missing)
        found, kept_inputs = formula(checked), checked
    else:
        raise Invalid({"value": [_("This value is computed by the clinic's own records.")]})
    limits = measure["value"]
    found = round(found / limits["step"]) * limits["step"]
    found = round(min(max(found, limits["min"]), limits["max"]), 6)
    return Value(found, float(found), kept_inputs)


def _items(measure: Entry, given: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the several entries of a measure; `{"items": [...]}`, or one entry by itself. Raises Invalid."""
    rows = given["items"] if set(given) == {"items"} else [given]
    if (
        not isinstance(rows, list)
        or not 1 <= len(rows) <= MOST_ITEMS
        or not all(isinstance(r, Mapping) for r in rows)
    ):
        raise Invalid({"items": [_("Enter 1 to %(most)s entries.") % {"most": MOST_ITEMS}]})
    optional = {"weight"}
    checked = []
    for row in rows:
        filled = _checked_inputs(measure, row)
        names = [field["id"] for field in measure["input_fields"] if field["id"] not in optional]
        if missing := {name: [_("Enter this too.")] for name in names if name not in filled}:
            raise Invalid(missing)
        checked.append(filled)
    return checked


def tardieu_gap(inputs: Entry) -> float:
    """R2 - R1 in degrees: the range that the catch takes away (modified Tardieu scale). Raises Invalid when R1 is beyond R2."""
    if inputs["r1"] > inputs["r2"]:
        raise Invalid({"r2": [_("R2, the slow stretch, reaches at least as far as R1, the catch.")]})
    return inputs["r2"] - inputs["r1"]


def walking_speed(inputs: Entry) -> float:
    """Speed over 10 m in m/s."""
    return 10 / inputs["seconds"]


def mean_rating(items: Sequence[Entry], _doses: Entry) -> float:
    """The mean of the ratings 0 to 10 of the activities that were named (patient-specific functional scale)."""
    return sum(item["rating"] for item in items) / len(items)


def goal_attainment(items: Sequence[Entry], _doses: Entry) -> float:
    """The T score of goal attainment scaling, with the usual correlation of 0.3 between goals (Kiresuk and Sherman 1968)."""
    weights = [item.get("weight", 1) for item in items]
    if not any(weights):
        raise Invalid({"weight": [_("At least one goal needs a weight above 0.")]})
    scored = sum(weight * item["attainment"] for weight, item in zip(weights, items, strict=True))
    return 50 + 10 * scored / sqrt(0.7 * sum(weight**2 for weight in weights) + 0.3 * sum(weights) ** 2)


def medication_ratio(items: Sequence[Entry], doses: Entry) -> float:
    """The present daily doses in percent of those at baseline, each weighted by its reference dose (WHO ATC/DDD)."""
    if unknown := [item["medicine"] for item in items if item["medicine"] not in doses]:
        raise Invalid({"medicine": [_("There is no reference dose of %(name)s.") % {"name": unknown[0]}]})
    now, before = (
        sum(item[dose] / doses[item["medicine"]] for item in items)
        for dose in ("current_dose", "baseline_dose")
    )
    if before == 0:
        raise Invalid({"baseline_dose": [_("Without a dose at baseline there is nothing to compare with.")]})
    return 100 * now / before


MOST_ITEMS = 30
FORMULAS = {"modified-tardieu": tardieu_gap, "timed-10m-walk": walking_speed}
FORMULAS_OF_SEVERAL = {
    "patient-specific-functional-scale": mean_rating,
    "goal-attainment": goal_attainment,
    "medication-dose-ratio": medication_ratio,
}


# --- change --------------------------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class About:
    """Whom and what a value is about, as far as thresholds depend on it: conditions (subtypes and their families), and the limb."""

    conditions: frozenset[str] = frozenset()
    limb: Literal["upper", "lower"] | None = None


ANYBODY = About()
ARM = {"shoulder", "elbow", "forearm", "wrist", "thumb", "finger-mcp", "finger-pip", "finger-dip"}
LEG = {"hip", "knee", "ankle", "great-toe"}


def limb_of(site: str) -> Literal["upper", "lower"] | None:
    return "upper" if site in ARM else "lower" if site in LEG else None


@dataclass(frozen=True, slots=True)
class Change:
    """What lies between two values. `amount`, `mcid` and `mdc` in the unit of the measure (grades: steps)."""

    amount: float
    label: Label
    important: bool | None
    mcid: float | None
    mdc: float | None
    reason: str
    sources: tuple[str, ...] = ()


def change(
    measure: Entry, baseline: float, latest: float, about: About = ANYBODY, *, comparable: bool = True
) -> Change:
    """Judge the change from `baseline` to `latest`, both as numbers (`number`)."""
    amount = round(latest - baseline, 6)
    better = {"lower-is-better": amount < 0, "higher-is-better": amount > 0}.get(measure["direction"])
    if better is None:
        return Change(
            amount, "cannot-tell", None, None, None, _("This describes, and has no better or worse.")
        )
    way: Label = "improved" if better else "worse"
    mcid, mcid_from = _least(measure, "mcid", baseline, about, way)
    mdc, mdc_from = _least(measure, "mdc", baseline, about, way)
    found = (mcid, mdc)
    sources = tuple(dict.fromkeys((*mcid_from, *mdc_from)))
    size = abs(amount) + TOLERANCE
    if not comparable:
        return Change(amount, "cannot-tell", None, *found, _("Measured under other conditions."), sources)
    if amount == 0:
        return Change(amount, "unchanged", False, *found, _("The same value."), sources)
    if mcid is None and mdc is None:
        return Change(amount, "cannot-tell", None, *found, _("No threshold is published for this."), sources)
    if mdc is not None and size < mdc:
        if mcid is not None and size >= mcid:
            reason = _("Large enough to matter, but within the error of measurement.")
            return Change(amount, "cannot-tell", None, *found, reason, sources)
        return Change(amount, "unchanged", False, *found, _("Within the error of measurement."), sources)
    if mcid is None:
        return Change(amount, way, None, *found, _("Beyond the error of measurement."), sources)
    if size >= mcid:
        return Change(amount, way, True, *found, _("An important change."), sources)
    if mdc is None:
        return Change(amount, "unchanged", False, *found, _("Smaller than what matters."), sources)
    return Change(
        amount,
        way,
        False,
        *found,
        _("Beyond the error of measurement, but smaller than what matters."),
        sources,
    )


def only_one(measure: Entry, value: float, about: About = ANYBODY) -> Change:
    """Return what can be said of a single value: nothing yet, and which change would count for the better."""
    mcid, mcid_from = _least(measure, "mcid", value, about, "improved")
    mdc, mdc_from = _least(measure, "mdc", value, about, "improved")
    sources = tuple(dict.fromkeys((*mcid_from, *mdc_from)))
    return Change(0, "cannot-tell", None, mcid, mdc, _("Measured once. A second value will show."), sources)


def _least(
    measure: Entry, which: str, baseline: float, about: About, way: str
) -> tuple[float | None, list[str]]:
    """Return the change that counts, in the unit of the measure, and where it was published; None where nothing applies."""
    rows = [
        row
        for row in measure["meaningful_change"][which]
        if _applies(row.get("for", {}), baseline, about, way)
    ]
    if own := [row for row in rows if row.get("for", {}).get("conditions")]:
        rows = own
    amounts: dict[bool, tuple[float, str]] = {}
    for row in rows:
        by_percent = row["kind"] == "percent"
        if by_percent and baseline == 0:
            continue
        size = abs(baseline) * row["amount"] / 100 if by_percent else row["amount"]
        amounts[by_percent] = min(amounts.get(by_percent, (size, row["source"])), (size, row["source"]))
    if not amounts:
        return None, []
    return round(max(size for size, _source in amounts.values()), 6), [
        source for _size, source in amounts.values()
    ]


def _applies(scope: Entry, baseline: float, about: About, way: str) -> bool:
    return (
        ("conditions" not in scope or not about.conditions.isdisjoint(scope["conditions"]))
        and scope.get("limb", about.limb) == about.limb
        and scope.get("change", way) == way
        and scope.get("baseline_from", baseline) <= baseline <= scope.get("baseline_to", baseline)
    )


# --- comparability -------------------------------------------------------------------------------------------------------
HOURS_APART = 2  # since the last antispastic dose: its effect rises and falls within hours


def differences(measure: Entry, one: Entry, other: Entry) -> list[str]:
    """Return which conditions of two measurements differ so that their values are not to be compared.

    `position`, where both are known; `hours_since_dose`, where both are known and more than two hours apart or one is not on the
    drug (None means unknown); `rater`, for what a hand feels or an eye reads on a goniometer: grades and angles.
    """
    found = []
    if one.get("position") and other.get("position") and one["position"] != other["position"]:
        found.append("position")
    then, now = (each.get("hours_since_dose") for each in (one, other))
    if then is not None and now is not None and abs(then - now) > HOURS_APART:
        found.append("hours_since_dose")
    if by_hand(measure) and one.get("rater") and other.get("rater") and one["rater"] != other["rater"]:
        found.append("rater")
    return found


def by_hand(measure: Entry) -> bool:
    """Tell whether the value hangs on who measures: a clinician's grade or angle at a muscle, joint or dermatome."""
    return measure["recorded_per"].startswith(("muscle-group", "joint", "dermatome")) and measure[
        "recorded_by"
    ] == ["clinician"]


def ways(measure: Entry) -> list[Entry]:
    """Return the inputs that say how a value was taken, not how well it went: active or passive, now or at worst."""
    fields: Iterable[Entry] = measure.get("input_fields", ())
    return [field for field in fields if "choices" in field and field["id"] not in ("quality", "attainment")]


def series_key(measure: Entry, inputs: Entry) -> tuple[tuple[str, Any], ...]:
    """Return what makes values of one measure, site and side one series: how they were taken."""
    return tuple((field["id"], inputs.get(field["id"])) for field in ways(measure))
