"""What the builder shows of a tree: fields with limits and units, what differs from the protocol, what speaks against an item.

A typed tree may hold anything that a form can hold; what is no value of its field is shown as it stands, with the error.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from careplans import dosage, load, safety
from careplans.goals import LEVELS, is_unfinished
from careplans.models import Assistance
from careplans.pages import glance
from careplans.pages.common import (
    ICONS,
    Errors,
    Shown,
    below,
    flat,
    messages,
    visits_a_week,
    weeks_span,
)
from careplans.services import wording
from careplans.services.reference import Reference, local
from careplans.services.trees import Tree
from catalogue.pictures import described

WEEKDAYS = range(1, 8)


@dataclass
class Builder:
    """What a builder shows beside its tree: what was typed wrong, what speaks against an item, what the protocol says."""

    reference: Reference
    errors: Errors = field(default_factory=dict)
    found: list[safety.Finding] = field(default_factory=list)
    protocol: Tree | None = None
    flags: Collection[str] = ()  # active ones of the patient
    reasons: Mapping[str, str] = field(
        default_factory=dict
    )  # why items are or were paused, by id; a form does not send it
    changes: int = 0  # from the protocol

    def show(self, content: Tree, *, now: int | None = None) -> Shown:
        """Return goals and phases of a tree for the builder's template. `now` is the place of the phase that runs."""
        self.changes = 0
        phases = content.get("phases", [])
        told = content.get("daily_minutes_max")
        most_minutes = load.limit(told if isinstance(told, int) else None, self.flags)
        first_week = 1.0
        shown = []
        for place, phase in enumerate(phases):
            errors = below(below(self.errors, "phases"), place)
            shown.append(self._phase(place, phase, errors, first_week, now, most_minutes))
            first_week += phase["weeks"] if isinstance(phase.get("weeks"), int | float) else 0
        goals = [
            self._goal(place, goal, below(below(self.errors, "goals"), place))
            for place, goal in enumerate(content.get("goals", []))
        ]
        return {
            "phases": shown,
            "goals": goals,
            "unfinished": any(goal["unfinished"] for goal in goals),
            "start_date": content.get("start_date"),
            "changes": self.changes,
            "taken_up": [
                item["name"]
                for phase in shown
                for item in (*phase["clinic"], *phase["home"])
                if item["status_reason"] and not item["paused"]
            ],
            "benefits": glance.benefits(content, self.reference),
            "limit": self._limit(content),
        }

    def _limit(self, content: Tree) -> Shown:
        """Return the field for the minutes a day that are enough; empty it shows the usual for this patient."""
        told = content.get("daily_minutes_max")
        return {
            "value": "" if told is None else wording.number(told),
            "usual": load.limit(None, self.flags),
            "tired": bool(load.TIRING.intersection(self.flags)),
            "errors": flat(self.errors.get("daily_minutes_max")),
            "min": load.LEAST_LIMIT,
            "max": load.MOST_LIMIT,
        }

    # -- phases
    def _phase(
        self, place: int, phase: Tree, errors: Errors, first_week: float, now: int | None, most_minutes: int
    ) -> Shown:
        prefix = f"phases-{place}"
        usual = self._usual_phase(place, phase)
        known = {topic: local(entry["title"]) for topic, entry in self.reference.education.items()}
        chosen = phase.get("education", [])
        return {
            "prefix": prefix,
            "id": phase.get("id", ""),
            "number": place + 1,
            "name": phase.get("name") or _("Phase %d") % (place + 1),
            "weeks": phase.get("weeks", 2),
            "span": weeks_span(first_week, phase.get("weeks", 2)),
            "state": "" if now is None else "now" if place == now else "done" if place < now else "",
            "entry": phase.get("entry", ""),
            "progress_when": phase.get("progress_when", ""),
            "moves_on": "; ".join(str(phase.get("progress_when", "")).splitlines()),
            "education": [(topic, known[topic]) for topic in chosen if topic in known],
            "topics": [(topic, title) for topic, title in known.items() if topic not in chosen],
            "errors": messages(errors),
            "wrong": bool(errors),
            "visits": visits_a_week(phase),
            "load": glance.at_home(phase, self.reference, most_minutes),
            "clinic": [
                self._clinic_item(f"{prefix}-clinic-{row}", item, below(below(errors, "clinic"), row), usual)
                for row, item in enumerate(phase.get("clinic", []))
                if item.get("modality") in self.reference.modalities
            ],
            "home": [
                self._home_item(f"{prefix}-home-{row}", item, below(below(errors, "home"), row), usual)
                for row, item in enumerate(phase.get("home", []))
                if item.get("exercise") in self.reference.exercises
            ],
        }

    def _usual_phase(self, place: int, phase: Tree) -> Tree | None:
        """Return the phase of the protocol that this one began as: by name, else by place."""
        if self.protocol is None:
            return None
        usual = self.protocol["phases"]
        named = next((each for each in usual if each["name"] == phase.get("name")), None)
        return named or (usual[place] if place < len(usual) else None)

    # -- treatments
    def _clinic_item(self, prefix: str, item: Tree, errors: Errors, usual: Tree | None) -> Shown:
        modality = self.reference.modalities[item["modality"]]
        was = _same(usual, "clinic", "modality", item["modality"])
        notes = dosage.check_clinic_item(modality, item).notes.get("dosage", {})
        chosen = {each["id"]: each["default"] for each in modality["parameters"]} | dict(
            item.get("dosage", {})
        )
        fields = [
            self._parameter(prefix, each, chosen, below(errors, "dosage"), was, notes)
            for each in modality["parameters"]
        ]
        session = modality["session_minutes"]
        limits = {
            "minutes": {**session, "step": 5},
            "visits_per_week": {"min": dosage.LEAST_VISITS, "max": dosage.MOST_VISITS, "step": 1},
        }
        default = {"minutes": session["default"], "visits_per_week": dosage.USUAL_VISITS}
        names = {"minutes": _("Minutes"), "visits_per_week": _("Visits a week")}
        for name, label in names.items():
            value = item.get(name, default[name])
            fields.append(
                _stepper(
                    f"{prefix}-{name}", label, value, limits[name], "", errors.get(name), was and was[name]
                )
            )
        return {
            **self._item(prefix, item, errors, modality["name"], fields, was),
            "modality": item["modality"],
            "icon": ICONS.get(modality["group"], "hand"),
            "sites": [
                {"id": site, "label": wording.region(site, self.reference)} for site in item.get("sites", [])
            ],
            "where": wording.regions(item.get("sites", []), self.reference),
            "site_errors": flat(errors.get("sites")),
            "how": modality["how"],
        }

    def _parameter(
        self,
        prefix: str,
        parameter: Mapping[str, Any],
        chosen: Mapping[str, Any],
        errors: Errors,
        was: Tree | None,
        notes: Mapping[str, list[str]],
    ) -> Shown:
        name = f"{prefix}-dosage-{parameter['id']}"
        value, before = chosen[parameter["id"]], was and was["dosage"].get(parameter["id"])
        found = errors.get(parameter["id"])
        if parameter["type"] == "choice":
            choices = [(choice, wording.choice(choice), choice == value) for choice in parameter["choices"]]
            return {
                **_field(name, parameter["label"], value, found, before, wording.choice),
                "choices": choices,
            }
        shown = _stepper(name, parameter["label"], value, parameter, wording.unit(parameter), found, before)
        return shown | {"note": " ".join(notes.get(parameter["id"], []))}

    # -- exercises
    def _home_item(self, prefix: str, item: Tree, errors: Errors, usual: Tree | None) -> Shown:
        exercise = self.reference.exercises[item["exercise"]]
        limits = exercise["dosage"]
        was = _same(usual, "home", "exercise", item["exercise"])
        values = dosage.usual_home_dose(exercise) | {
            key: value for key, value in item.items() if key in (*dosage.COUNTS, "days_of_week", "times")
        }
        names = {"sets": _("sets"), "reps": _("reps"), "hold_s": _("hold"), "rest_s": _("Rest")}
        steps = {"hold_s": 5, "rest_s": 5}
        fields = [
            _stepper(
                f"{prefix}-{name}",
                label,
                values[name],
                {**limits[name], "step": steps.get(name, 1)},
                "s" if name.endswith("_s") else "",
                errors.get(name),
                was and was[name],
            )
            for name, label in names.items()
            if limits[name]["max"] or values[name]
        ]
        times = list(values["times"])
        room = limits["times_per_day"]["max"]
        return {
            **self._item(prefix, item, errors, local(exercise["name"]), fields, was),
            "help": [
                (value, label, value == item.get("assistance", "")) for value, label in Assistance.choices
            ],
            "helped": wording.assistance(item.get("assistance", ""))
            if item.get("assistance") != "active"
            else "",
            "exercise": item["exercise"],
            "picture": described(item["exercise"], item.get("side")),
            "icon": "figure",
            "sided": exercise["laterality"] == "per-side",
            "side": item.get("side") or "",
            "where": _how_done(exercise, item.get("side")),
            "fields": [each for each in fields if not each["name"].endswith("rest_s")],
            "rest": next((each for each in fields if each["name"].endswith("rest_s")), None),
            "days": [(day, wording.day_name(day), day in values["days_of_week"]) for day in WEEKDAYS],
            "days_said": wording.days(day for day in values["days_of_week"] if day in WEEKDAYS),
            "day_errors": flat(errors.get("days_of_week")),
            "times": [*times, *[""] * max(0, room - len(times))],
            "times_said": ", ".join(map(str, times)),
            "time_errors": flat(errors.get("times")),
            "aim": exercise["aim"],
        }

    def _item(
        self, prefix: str, item: Tree, errors: Errors, name: str, fields: list[Shown], was: Tree | None
    ) -> Shown:
        """Return what treatments and exercises have in common, and count what differs from the protocol."""
        found = [each for each in self.found if each.prescription == item.get("id")]
        changed = [each for each in fields if each["was"]]
        added = self.protocol is not None and was is None
        self.changes += len(changed) + added
        return {
            "prefix": prefix,
            "id": item.get("id", ""),
            "name": name,
            "note": item.get("note", ""),
            "note_errors": flat(errors.get("note")),
            "status": item.get("status", "active"),
            "paused": item.get("status") == "paused",
            "benefits": [glance.badge(benefit) for benefit in glance.of_item(item, self.reference)],
            "status_reason": self.reasons.get(item.get("id", ""), ""),
            "fields": fields,
            "changed": _("Changed from %s") % changed[0]["was"] if len(changed) == 1 else "",
            "changes": len(changed),
            "added": added,
            "errors": messages(errors, but=("dosage", "sites", "minutes", "visits_per_week", *dosage.COUNTS)),
            "wrong": bool(errors),
            "block": next((each for each in found if each.blocks), None),
            "warn": next((each for each in found if not each.blocks), None),
        }

    # -- goals
    def _goal(self, place: int, goal: Tree, errors: Errors) -> Shown:
        return {
            "prefix": f"goals-{place}",
            "id": goal.get("id", ""),
            "number": place + 1,
            **{
                name: "" if goal.get(name) is None else goal[name]
                for name in ("text", "measure", "benefit", "due_on")
            },
            **{name: "" if goal.get(name) is None else goal[name] for name in ("baseline", "target")},
            "levels": list(zip(LEVELS, [*goal.get("gas", []), *[""] * len(LEVELS)], strict=False)),
            "scaled": any(goal.get("gas", [])),
            "weight": goal.get("weight", 1),
            "unfinished": is_unfinished(str(goal.get("text", ""))),
            "errors": {name: " ".join(flat(messages)) for name, messages in errors.items()},
            "wrong": bool(errors),
        }


def field_names(shown: Shown) -> dict[str, str]:
    """Return what each field of a builder is called, with its item: for a list of what is wrong."""
    names: dict[str, str] = {}
    for phase in shown["phases"]:
        called = {
            "name": _("Name"),
            "weeks": _("Weeks"),
            "entry": _("Begins when"),
            "progress_when": _("Moves on when"),
        }
        names |= {
            f"{phase['prefix']}-{field}": f"{phase['name']}: {label}" for field, label in called.items()
        }
        for item in (*phase["clinic"], *phase["home"]):
            called = {
                "sites": _("Place"),
                "days_of_week": _("Days"),
                "times": _("Times of day"),
                "note": _("Note"),
            }
            names |= {
                f"{item['prefix']}-{field}": f"{item['name']}: {label}" for field, label in called.items()
            }
            names |= {each["name"]: f"{item['name']}: {each['label']}" for each in item["fields"]}
            if rest := item.get("rest"):
                names[rest["name"]] = f"{item['name']}: {rest['label']}"
    names["daily_minutes_max"] = _("At most, minutes a day")
    for goal in shown["goals"]:
        called = {
            "text": _("Text"),
            "baseline": _("Now"),
            "target": _("Target"),
            "due_on": _("By"),
            "measure": _("Measured by"),
            "gas": _("Levels"),
            "weight": _("Weight"),
        }
        goal_name = _("Goal %d") % goal["number"]
        names |= {f"{goal['prefix']}-{field}": f"{goal_name}: {label}" for field, label in called.items()}
    return names


def _field(name: str, label: str, value: Any, errors: Any, before: Any, say: Callable[[Any], str]) -> Shown:
    """Return one field; `before` is what the protocol says of it, None where it says nothing."""
    changed = before is not None and before != value
    return {
        "name": name,
        "label": label,
        "value": value,
        "errors": flat(errors),
        "proposed": "" if before is None else before,
        "was": say(before) if changed else "",
        "note": "",
    }


def _stepper(
    name: str, label: str, value: Any, limits: Mapping[str, Any], unit: str, errors: Any, before: Any
) -> Shown:
    """Return a number with its limits; `limits` are min, max, step and, where there are any, usual_min and usual_max."""
    shown = _field(
        name, label, value, errors, before, lambda number: f"{wording.number(number)} {unit}".strip()
    )
    shown |= {key: wording.number(limits.get(key, 1)) for key in ("min", "max", "step")}
    shown |= {
        "value": wording.number(value),
        "proposed": "" if before is None else wording.number(before),
        "unit": unit,
    }
    if "usual_min" in limits:
        low, high = wording.number(limits["usual_min"]), wording.number(limits["usual_max"])
        shown |= {
            "low": low,
            "high": high,
            "usual": _("%(low)s to %(high)s") % {"low": low, "high": f"{high} {unit}".strip()},
        }
    return shown


def _same(usual: Tree | None, kind: str, key: str, wanted: str) -> Tree | None:
    return next((each for each in usual[kind] if each[key] == wanted), None) if usual else None


def _how_done(exercise: Mapping[str, Any], side: str | None) -> str:
    if exercise["laterality"] == "per-side":
        return wording.side(side) or _("Both sides")
    return exercise["aim"]
