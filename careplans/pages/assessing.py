"""What an assessment page shows: questions, marks, and for each measure a grid of small fields, the last value beside each."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from careplans import scoring
from careplans.models import Assessment, BodySide, Measurement
from careplans.pages.common import Shown
from careplans.services import assessments, filling
from careplans.services.assessment_shapes import MARKS
from careplans.services.filling import Slot, State
from careplans.services.wording import number as written
from catalogue.knowledge import knowledge
from patients import wording
from patients.services import Happening, conditions_of, happenings

Entry = Mapping[str, Any]
FIRST_MEASURES = (
    "nprs",
    "spasm-count-day",
    "patient-specific-functional-scale",
)  # where no diagnosis chooses
BY_GOALS = "goal-attainment"  # scored where the goals are
ACTIVITIES = 3  # lines of a measure with several entries; one more is always free
LEVELS = ((7, 3), (4, 2), (0, 1))  # how strong a colour an intensity has


@dataclass(frozen=True)
class Assessing:
    """An assessment as it is shown. `state` and `errors` are those of the form; at most 8 queries."""

    row: Assessment
    state: State
    errors: Mapping[str, str]

    # -- what is known
    @cached_property
    def families(self) -> set[str]:
        return assessments.families_of(self.row.patient)

    @cached_property
    def about(self) -> frozenset[str]:
        return conditions_of(self.row.patient)

    @cached_property
    def values(self) -> dict[str, Measurement]:
        """The values of this assessment by field name."""
        return {Slot.of(each).name: each for each in reversed(filling.standing(self.row))}

    @cached_property
    def before(self) -> dict[str, Measurement]:
        """The last value of each slot that was on record before this assessment."""
        on_record = Q(assessment=None) | Q(assessment__signed_at__isnull=False)
        rows = Measurement.objects.for_clinic(self.row.clinic_id).standing().filter(on_record)
        rows = rows.filter(patient=self.row.patient_id, measured_at__lt=self.row.entered_at)
        return {
            Slot.of(each).name: each
            for each in rows.exclude(assessment=self.row).order_by("measured_at", "pk")
        }

    @cached_property
    def meanwhile(self) -> list[Happening]:
        """What may explain a change besides the plan: what happened since the oldest of the values compared with."""
        compared = [row for name, row in self.before.items() if name in self.values] or self.before.values()
        since = min((timezone.localdate(row.measured_at) for row in compared), default=None)
        until = timezone.localdate(self.row.signed_at) if self.row.signed_at else timezone.localdate()
        return happenings(self.row.patient, since, until) if since else []

    def _said(self, name: str) -> Shown:
        return {"name": name, "value": self.state.get(name, ""), "error": self.errors.get(name, "")}

    # -- red flags
    @cached_property
    def questions(self) -> list[Shown]:
        """The red flags to ask about, and those answered already, in the order of the catalogue."""
        asked = {entry["id"] for entry in assessments.asked_of(self.families, self.row.kind)}
        answered = {name.removeprefix("flag.") for name in self.state if name.startswith("flag.")}
        return [
            {
                **self._said(f"flag.{entry['id']}"),
                "id": entry["id"],
                "area": entry["area"],
                "ask": entry["clinician_question"],
                "aloud": entry["patient_question"],
                "emergency": entry["urgency"] == assessments.EMERGENCY,
                "urgency": knowledge().terms("urgency_levels")[entry["urgency"]]["label"],
                "action": entry["clinician_action"],
                "may_mean": entry["may_mean"],
            }
            for entry in knowledge().red_flags.current
            if entry["id"] in asked | answered
        ]

    @property
    def areas(self) -> list[Shown]:
        """The questions by area."""
        found: dict[str, list[Shown]] = {}
        for question in self.questions:
            found.setdefault(question["area"], []).append(question)
        return [{"label": wording.choice(area), "questions": asked} for area, asked in found.items()]

    @property
    def raised(self) -> list[Shown]:
        """The questions answered yes or not sure, emergencies first."""
        standing = [each for each in self.questions if each["value"] in ("yes", "unsure")]
        return sorted(standing, key=lambda each: (not each["emergency"], each["value"] != "yes"))

    @property
    def emergencies(self) -> list[Shown]:
        return [each for each in self.raised if each["emergency"] and each["value"] == "yes"]

    @property
    def stopped(self) -> bool:
        """Tell whether an emergency was answered yes, and nothing was written yet of what was done."""
        return bool(self.emergencies) and not self.state.get("red_flag_action", "").strip()

    # -- body chart
    @cached_property
    def marks(self) -> list[Shown]:
        names = [name for name in self.state if name.startswith("mark.") and name.count(".") == 2]
        return [self._mark(place, name) for place, name in enumerate(names, start=1)]

    def _mark(self, place: int, name: str) -> Shown:
        _word, region, kind = name.split(".")
        said = {key: self._said(f"{name}.{key}") for key in filling.PROPERTIES}
        kind = kind.partition("~")[0]
        return {
            "number": place,
            "name": name,
            "region": region,
            "label": wording.region(region),
            "kind": kind,
            "kind_label": kind_name(kind),
            "error": self.errors.get(name, ""),
            "said": said,
            "summary": mark_summary(kind, {key: each["value"] for key, each in said.items()}),
        }

    # -- measures
    @cached_property
    def measures(self) -> list[Shown]:
        return [self._grid(knowledge().measures[measure]) for measure in self._chosen()]

    def _chosen(self) -> list[str]:
        known = knowledge()
        usual = [
            m
            for family in known.conditions
            if family in self.families
            for m in known.conditions[family]["usual_measures"]
        ]
        used = [name.split(".")[1] for name in self.state if name.startswith(("value.", "item.", "row."))]
        wanted = [*(usual or FIRST_MEASURES), *used]
        return [m for m in dict.fromkeys(wanted) if m in known.measures and m not in filling.ELSEWHERE]

    @property
    def more_measures(self) -> list[tuple[str, str]]:
        """What else may be measured: id and name."""
        shown = {*self._chosen(), *filling.ELSEWHERE, BY_GOALS}
        return sorted(
            ((e["id"], e["name"]) for e in knowledge().measures.current if e["id"] not in shown),
            key=lambda e: e[1],
        )

    def _grid(self, measure: Entry) -> Shown:
        several = measure["id"] in scoring.FORMULAS_OF_SEVERAL
        rows = [] if several else [self._line(measure, site, motion) for site, motion in self._sites(measure)]
        found = {
            "id": measure["id"],
            "name": measure["name"],
            "how": measure["how"],
            "caution": measure.get("caution", ""),
            "minutes": measure["minutes"],
            "unit": measure["value"].get("unit", ""),
            "allowed": allowed(measure),
            "by_hand": scoring.by_hand(measure),
            "position": self._said(f"position.{measure['id']}"),
            "sides": [side_name(side) for side in self._sides(measure)],
            "ways": [wording.choice(way) if way else "" for way in self._ways(measure)],
            "rows": rows,
            "items": self._items(measure) if several else [],
            "score": self._score(Slot(measure["id"]).name, measure) if several else None,
            "places": self._places(measure),
            "is_wide": len(rows) != 1 or len(rows[0]["cells"]) > 2,
        }
        found["count"] = sum(name in self.values for name in self._names(measure))
        return found

    def _names(self, measure: Entry) -> Iterator[str]:
        return (name for name in self.values if name.split(".")[1] == measure["id"])

    def _slots(self, measure: Entry) -> list[Slot]:
        """Return the slots of a measure that say something here, and those of the last time."""
        names = [n for n in (*self.state, *self.before) if n.startswith(f"value.{measure['id']}.")]
        return [Slot(*name.split(".")[1:6]) for name in dict.fromkeys(names)]

    def _sites(self, measure: Entry) -> list[tuple[str, str]]:
        per = measure["recorded_per"]
        used = [(slot.site, slot.motion) for slot in self._slots(measure)]
        rows = [n.split(".") for n in self.state if n.startswith(f"row.{measure['id']}.")]
        added = [(row[2], row[3]) for row in rows if row[2]]
        if per in ("patient", "side"):
            return list(dict.fromkeys([("", ""), *used]))
        if per == "body-region":
            return list(dict.fromkeys([("", ""), *used, *added]))
        usual = [
            (row["site"], row.get("motion", ""))
            for row in knowledge().vocabulary["usual_sites"]["items"]
            if row["measure"] == measure["id"] and not self.families.isdisjoint(row["families"])
        ]
        return list(dict.fromkeys([*usual, *used, *added]))

    def _sides(self, measure: Entry) -> list[str]:
        if "side" not in measure["recorded_per"]:
            return list(dict.fromkeys(["", *(slot.side for slot in self._slots(measure))]))
        told = [slot.side for slot in self._slots(measure) if not slot.side and self._has_side(measure, slot)]
        return [BodySide.LEFT.value, BodySide.RIGHT.value, *told[:1]]

    def _has_side(self, measure: Entry, slot: Slot) -> bool:
        return all(
            row["has_side"]
            for row in knowledge().vocabulary["joint_reference"]
            if measure["recorded_per"] == "joint-motion-and-side"
            and (row["joint"], row["motion"]) == (slot.site, slot.motion)
        )

    def _ways(self, measure: Entry) -> list[str]:
        way = filling.way_of(measure)
        told = ["" for slot in self._slots(measure) if not slot.way]
        return [*(way["choices"] if way else [""]), *(told[:1] if way else [])]

    def _line(self, measure: Entry, site: str, motion: str) -> Shown:
        sided = self._has_side(measure, Slot(measure["id"], site, motion))
        sides = self._sides(measure) if sided else [""]
        label = site_name(measure, site, motion)
        cells = [
            self._cell(measure, Slot(measure["id"], site, motion, side, way), label)
            for side in sides
            for way in self._ways(measure)
        ]
        return {
            "label": label,
            "note": site_note(measure, site, motion, self.families),
            "sided": sided,
            "cells": cells,
        }

    def _cell(self, measure: Entry, slot: Slot, label: str) -> Shown:
        way = filling.way_of(measure)
        inputs = [each for each in measure.get("input_fields", ()) if not way or each["id"] != way["id"]]
        where = [
            label,
            side_name(slot.side) if slot.side else "",
            wording.choice(slot.way) if slot.way else "",
        ]
        spoken = ", ".join(part for part in (measure["name"], *where) if part)
        fields = (
            []
            if scoring.is_computed(measure)
            else [self._field(slot.name, measure["value"], spoken, measure)]
        )
        fields += [
            self._field(f"{slot.name}.{each['id']}", each, f"{spoken}, {input_name(each['id'])}", measure)
            for each in inputs
        ]
        if len(fields) > 1:
            own = [
                *([] if scoring.is_computed(measure) else [""]),
                *(input_name(each["id"]) for each in inputs),
            ]
            fields = [{**each, "caption": caption} for each, caption in zip(fields, own, strict=True)]
        judged = self._score(slot.name, measure)
        where = ", ".join(part for part in where if part)
        return {
            "fields": fields,
            "where": where,
            "judged": judged,
            **judged,
            "computed": scoring.is_computed(measure),
        }

    def _field(self, name: str, limits: Entry, spoken: str, measure: Entry) -> Shown:
        choices = limits.get("choices")
        return {
            **self._said(name),
            "spoken": spoken,
            "caption": "",
            "choices": choices and [(str(each), wording.choice(str(each))) for each in choices],
            "typed": bool(choices) and limits is measure["value"],  # grades are typed; the list only helps
            "unit": limits.get("unit", ""),
            "timed": limits.get("unit") == "s",
            "whole": limits.get("type") == "integer",
        }

    def _score(self, name: str, measure: Entry) -> Shown:
        """Return what a slot holds: its value, the last one, and what lies between them."""
        now, then = self.values.get(name), self.before.get(name)
        found: Shown = {
            "slot": name,
            "shown": now and shown_value(measure, now),
            "then": None,
            "change": None,
        }
        if then:
            found["then"] = {"value": shown_value(measure, then), "at": then.measured_at}
        if now and then:
            differ = scoring.differences(measure, then.conditions, now.conditions)
            about = scoring.About(self.about, scoring.limb_of(now.site))
            change = scoring.change(measure, then.number, now.number, about, comparable=not differ)
            found["change"] = {
                "label": change.label,
                "reason": change.reason,
                "differ": [condition_name(c) for c in differ],
            }
        return found

    def _items(self, measure: Entry) -> list[list[Shown]]:
        fields = measure["input_fields"]
        prefix = f"item.{measure['id']}."
        places = [
            int(n.split(".")[2]) for n in self.state if n.startswith(prefix) and n.split(".")[2].isdecimal()
        ]
        lines = max(ACTIVITIES, *(place + 2 for place in places)) if places else ACTIVITIES
        return [
            [
                {
                    **self._field(
                        f"{prefix}{place}.{each['id']}",
                        each,
                        f"{measure['name']}, {input_name(each['id'])} {place + 1}",
                        measure,
                    ),
                    "wide": "note" in each,
                }
                for each in fields
            ]
            for place in range(lines)
        ]

    def _places(self, measure: Entry) -> list[tuple[str, str]]:
        """Return where else a measure may be taken: `site.motion` and its name."""
        per, known, there = measure["recorded_per"], knowledge(), {*self._sites(measure)}
        if per == "muscle-group-and-side":
            every = [(site, "") for site in known.vocabulary["muscle_groups"]]
        elif per == "dermatome-and-side":
            every = [(site, "") for site in known.terms("dermatomes")]
        elif per == "joint-motion-and-side":
            every = [(row["joint"], row["motion"]) for row in known.vocabulary["joint_reference"]]
        elif per == "joint-and-side":
            every = [
                (site, "")
                for site in dict.fromkeys(row["joint"] for row in known.vocabulary["joint_reference"])
            ]
        elif per == "body-region":
            every = [(site, "") for site in known.terms("chart_regions")]
        else:
            every = []
        return [
            (f"{site}.{motion}", site_name(measure, site, motion))
            for site, motion in every
            if (site, motion) not in there
        ]

    # -- the whole
    @property
    def missing(self) -> list[str]:
        measured = {each.measure_id for each in self.values.values()}
        names = {
            "diagnosis": _("No diagnosis is on record."),
            "red_flags": _("Some red flag questions have no answer."),
            "body_chart": _("Nothing is marked on the body chart."),
            "measurements": _("None of the measures usual for this disorder was taken."),
            "notes": _("There are no notes."),
        }
        return [names[each] for each in assessments.missing(self.row, measured, self.families)]

    def _to_correct(self, *starts: str) -> str:
        """Say how many fields of a step are to be corrected; "" where none is."""
        number = sum(name.startswith(starts) for name in self.errors)
        return ngettext("%d to correct", "%d to correct", number) % number if number else ""

    @property
    def wrong(self) -> list[Shown]:
        """The fields to correct before it is signed: each by name and in words, the same place but once."""
        said = {_field_words(name): name for name in reversed(self.errors)}
        return [{"name": name, "label": label} for label, name in reversed(said.items())]

    @property
    def steps(self) -> list[Shown]:
        asked, raised = len(self.questions), len(self.raised)
        answered = sum(bool(each["value"]) for each in self.questions)
        marks, values = len(self.marks), len(self.values)
        flagged = ngettext("%d to act on", "%d to act on", raised) % raised
        wrong_marks, wrong_values = self._to_correct("mark."), self._to_correct(*filling.MEASURED)
        return [
            step(
                "flags",
                _("Red flags"),
                flagged if raised else _("%(done)d of %(all)d") % {"done": answered, "all": asked},
                "warn" if raised else "done" if answered == asked else "",
            ),
            step(
                "chart",
                _("Body chart"),
                wrong_marks or ngettext("%d mark", "%d marks", marks) % marks,
                "warn" if wrong_marks else "done" if marks else "",
            ),
            step(
                "measures",
                _("Measures"),
                wrong_values or ngettext("%d value", "%d values", values) % values,
                "warn" if wrong_values else "done" if values else "",
            ),
            step("notes", _("Notes"), "", "done" if self.state.get("notes", "").strip() else ""),
            step("sign", _("Review and sign"), "", "warn" if self.errors else ""),
        ]


def _field_words(name: str) -> str:
    """Say which field of the form is meant: the measure and where, or the place on the body."""
    kind, *rest = name.split(".")
    if kind == "mark" and rest:
        return wording.region(rest[0])
    measure = knowledge().measures.get(rest[0]) if rest else None
    if measure is None:
        return {
            "hours_since_dose": _("Hours since the last antispastic dose"),
            "red_flag_action": _("What was done about it"),
        }.get(kind, _("Notes"))
    site, motion, side = (*rest[1:4], "", "", "")[:3] if kind == "value" else ("", "", "")
    where = (site_name(measure, site, motion) if site else "", side_name(side) if side else "")
    return ", ".join(part for part in (measure["name"], *where) if part)


def step(key: str, label: str, said: Any, state: str) -> Shown:
    return {"id": key, "label": label, "said": said, "state": state}


# --- words ---------------------------------------------------------------------------------------------------------------
def kind_name(kind: str) -> str:
    return {
        "spasm": _("Spasm"),
        "pain": _("Pain"),
        "numbness": _("Numbness"),
        "tingling": _("Tingling"),
        "tightness": _("Tightness"),
    }[kind]


def kinds() -> list[tuple[str, str]]:
    return [(kind, kind_name(kind)) for kind in MARKS]


def mark_summary(kind: str, said: Mapping[str, Any]) -> str:
    """Return "Spasm 7 of 10, flexor spasm, at night, wakes" for a mark."""
    strength = said.get("intensity")
    parts = [kind_name(kind) + (f" {strength}/10" if strength not in (None, "") else "")]
    if spasm_type := said.get("spasm_type"):
        known = knowledge().terms("spasm_characters").get(spasm_type)
        parts.append(known["label"].lower() if known else spasm_type)
    parts += [str(said[key]) for key in ("frequency", "trigger") if said.get(key)]
    if said.get("wakes_at_night") in ("yes", True):
        parts.append(_("wakes at night"))
    return ", ".join(parts)


def side_name(side: str) -> str:
    return {"left": _("Left"), "right": _("Right")}.get(side, "")


def input_name(name: str) -> str:
    return {
        "r1": _("R1, catch"),
        "r2": _("R2, slow"),
        "quality": _("Quality"),
        "seconds": _("Seconds"),
        "aid": _("Aid"),
        "activity": _("Activity"),
        "rating": _("0 to 10"),
        "weight": _("Weight"),
        "attainment": _("Attained"),
    }.get(name, wording.choice(name))


def condition_name(condition: str) -> str:
    return {
        "position": _("other position"),
        "hours_since_dose": _("other time since the dose"),
        "rater": _("other rater"),
    }[condition]


def site_name(measure: Entry, site: str, motion: str) -> str:
    if not site:
        return _("Overall") if measure["recorded_per"] == "body-region" else ""
    if measure["recorded_per"] == "dermatome-and-side":
        return site.upper()
    name = wording.region(site) if measure["recorded_per"] == "body-region" else wording.choice(site)
    return f"{name}, {motion.replace('-', ' ')}" if motion else name


def site_note(measure: Entry, site: str, motion: str, families: set[str]) -> str:
    """Return what helps to judge a line: the root of a key muscle, the usual range of a joint, where a dermatome is tested."""
    if measure["recorded_per"] == "dermatome-and-side":
        return knowledge().terms("dermatomes")[site]["label"]
    for row in knowledge().vocabulary["usual_sites"]["items"]:
        if row["measure"] == measure["id"] and row["site"] == site and row.get("root"):
            return str(row["root"])
    for row in knowledge().vocabulary["joint_reference"]:
        if measure["recorded_per"] == "joint-motion-and-side" and (row["joint"], row["motion"]) == (
            site,
            motion,
        ):
            return _("usual %s°") % row["normal"]
    return ""


def allowed(measure: Entry) -> str:
    limits = measure["value"]
    choices = limits.get("choices")
    if choices and len(choices) > MOST_NAMED:
        return _("%(low)s to %(high)s") % {"low": choices[0], "high": choices[-1]}
    if choices:
        return ", ".join(map(str, choices))
    if scoring.is_computed(measure):
        return ""
    return _("%(low)s to %(high)s") % {"low": written(limits["min"]), "high": written(limits["max"])}


MOST_NAMED = 8
UNITS = {
    "degrees": "°",
    "percent": "%",
    "percent of baseline": "%",
    "s": " s",
    "kg": " kg",
    "cm": " cm",
    "m/s": " m/s",
}


def shown_value(measure: Entry, row: Measurement) -> str:
    value = row.value if isinstance(row.value, str) else written(row.value)
    return f"{value}{UNITS.get(measure['value'].get('unit', ''), '')}"


# --- the figure ----------------------------------------------------------------------------------------------------------
def figure(marks: Sequence[Entry], then: Sequence[Entry] = ()) -> list[Shown]:
    """Return every region of the body chart with what is marked there; `then` are marks to lay under them."""
    by_region: dict[str, list[Entry]] = {}
    for mark in marks:
        by_region.setdefault(mark["region"], []).append(mark)
    before = {mark["region"] for mark in then}
    return [
        {
            "id": region,
            "view": spot["view"],
            "label": wording.region(region),
            "level": max((level(mark) for mark in by_region.get(region, ())), default=0),
            "hatch": next(
                (
                    mark["kind"]
                    for mark in by_region.get(region, ())
                    if mark["kind"] in ("numbness", "tingling")
                ),
                "",
            ),
            "on": region in by_region,
            "was": region in before,
        }
        for region, spot in knowledge().terms("chart_regions").items()
    ]


def level(mark: Entry) -> int:
    """Return 1 to 3 for what hurts or tightens, by its intensity; 0 for changed feeling, which is hatched."""
    if mark["kind"] in ("numbness", "tingling"):
        return 0
    strength = mark.get("intensity")
    return next(found for least, found in LEVELS if (strength if isinstance(strength, int) else 1) >= least)


def compared(then: Sequence[Entry], now: Sequence[Entry]) -> list[Shown]:
    """Return every place and kind marked at either of two visits, with its intensity at each and what became of it."""
    keyed = [{(mark["region"], mark["kind"]): mark for mark in marks} for marks in (then, now)]
    rows = []
    for key in dict.fromkeys([*keyed[1], *keyed[0]]):
        before, after = (each.get(key) for each in keyed)
        rows.append(
            {
                "label": wording.region(key[0]),
                "kind": kind_name(key[1]),
                "then": before and strength(before),
                "now": after and strength(after),
                "became": became(before, after),
            }
        )
    return rows


def strength(mark: Entry) -> str:
    found = mark.get("intensity")
    return _("marked") if found is None else f"{found}/10"


def became(before: Entry | None, after: Entry | None) -> str:
    if before is None or after is None:
        return "new" if before is None else "gone"
    was, now = before.get("intensity"), after.get("intensity")
    if was is None or now is None or was == now:
        return "same"
    return "more" if now > was else "less"


# --- how a measure goes ---------------------------------------------------------------------------------------------------
def course(days: Sequence[date], numbers: Sequence[float], measure: Entry) -> Shown | None:
    """Return values over time as a line in a 110 × 30 box, by their days; None where there is but one.

    The box is at least a quarter of what the measure can be high, so that a small change looks small.
    """
    if len(numbers) < 2:
        return None
    first, wide = days[0], max((days[-1] - days[0]).days, 1)
    low, high = min(numbers), max(numbers)
    tall = max(high - low, _range(measure) / 4)
    bottom = (low + high - tall) / 2
    points = [
        (round(4 + (day - first).days / wide * 98, 1), round(27 - (number - bottom) / tall * 24, 1))
        for day, number in zip(days, numbers, strict=True)
    ]
    return {
        "points": " ".join(f"{x},{y}" for x, y in points),
        "dots": points[:-1],
        "x": points[-1][0],
        "y": points[-1][1],
    }


def _range(measure: Entry) -> float:
    limits = measure["value"]
    if choices := limits.get("choices"):
        return len(choices) - 1
    return limits["max"] - limits["min"] if "max" in limits and "min" in limits else 1
