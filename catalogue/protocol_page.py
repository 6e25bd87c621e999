"""What the editor of an own protocol shows: every field with its name, limits and faults; what may be added.

A typed tree may hold anything that a form can hold: what is no value of its field is shown as it stands.
"""

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from django.utils.translation import gettext as _

from catalogue.forms import EDGES, SECONDS, flat
from catalogue.knowledge import Entry
from catalogue.presenting import DOSE_ORDER, GROUP_ICONS, Presenter, unit_of, words
from catalogue.protocol_form import CRITERIA, PROSE, Body

Shown = dict[str, Any]
Choice = tuple[str, str]


class Editor:
    """Says how a typed protocol looks.

    `exercises` are those it may name or does, by id; `retired` which of them are no longer in force; `faults` what the
    service refused.
    """

    def __init__(
        self, presenter: Presenter, exercises: Mapping[str, Entry], retired: Collection[str], faults: Any
    ) -> None:
        self.presenter = presenter
        self.known = presenter.known
        self.exercises, self.retired = exercises, retired
        self.faults: dict[str, list[str]] = {}
        for path, text in flat(faults):
            self.faults.setdefault(".".join(path), []).append(text)
        self.summary: list[
            tuple[str, str, str]
        ] = []  # field, its label, what is wrong: in the order of the page
        self.family = ""
        self.goto = self.verb = ""
        self.where: list[str] = []  # the phase and the item being shown, for the summary

    def show(self, body: Body, goto: str = "", verb: str = "") -> Shown:
        """Return the whole editor; `goto` is the row that the eye should go to, `verb` what was done with it."""
        self.family, self.goto, self.verb = body["family"], goto, verb
        known = self.known
        families = [(entry["id"], entry["name"]) for entry in known.conditions.current if not entry["family"]]
        family = known.conditions.get(self.family)
        subtypes = (
            [(each["id"], each["name"]) for each in family["subtypes"]]
            if family and not family["family"]
            else []
        )
        first_week = 1
        phases = []
        shown = {
            "name": self._field("name", _("Name"), body["name"]),
            "family": self._select("family", _("Disorder"), body["family"], families),
            "subtypes": self._ticks("subtypes", _("For"), body["subtypes"], subtypes),
            **{key: self._field(key, _prose()[key], "\n".join(body[key])) for key in PROSE[:2]},
        }
        for place, phase in enumerate(body["phases"]):
            phases.append(self._phase(f"phases.{place}", place, phase, first_week))
            weeks = phase["weeks"].get("default")
            first_week += weeks if isinstance(weeks, int) and 0 < weeks < 100 else 0
        measures = [
            (entry["id"], entry["name"])
            for entry in known.measures.current
            if entry["families"] == "all" or self.family in entry["families"]
        ]
        measured = [item["measure"] for item in body["reassessment"]]
        sources = [(entry["id"], entry["citation"]) for entry in known.sources.current]
        shown |= {
            "phases": phases,
            "phases_errors": self._own("phases", _("Phases")),
            "weeks": first_week - 1,
            "reassessment": [
                self._measure(f"reassessment.{place}", item) for place, item in enumerate(body["reassessment"])
            ],
            "measures": [choice for choice in measures if choice[0] not in measured],
            "goals": [
                self._goal(f"goal_templates.{place}", goal, measured)
                for place, goal in enumerate(body["goal_templates"])
            ],
            "discharge_criteria": self._field(
                "discharge_criteria", _prose()["discharge_criteria"], "\n".join(body["discharge_criteria"])
            ),
            "sources": self._picks("sources", _("Sources"), body["sources"], sources),
            "treatments": self._treatments(),
            "exercises": self._suiting(),
        }  # fmt: skip
        shown["summary"] = self.summary + [
            ("", "", text) for name, texts in self.faults.items() for text in texts if name
        ]
        return shown

    # --- fields ------------------------------------------------------------------------------------------------------------
    def _faults(self, name: str, label: str, *, below: bool = True, anchor: str = "") -> list[str]:
        """Take the faults of a field out of those left, and note them for the summary."""
        names = [key for key in self.faults if key == name or (below and key.startswith(f"{name}."))]
        found = [text for key in names for text in self.faults.pop(key)]
        said = ": ".join(filter(None, [*self.where, label]))
        self.summary += [(anchor or name, said, text) for text in found]
        return found

    def _own(self, name: str, label: str, anchor: str = "") -> list[str]:
        """Take the faults of a whole list or row, not those of what is in it; the summary leads to `anchor`."""
        return self._faults(name, label, below=False, anchor=anchor)

    def _field(self, name: str, label: str, value: Any, **more: Any) -> Shown:
        errors = self._faults(name, label)
        return {
            "name": name,
            "label": label,
            "value": value,
            "errors": errors,
            **more,
        }

    def _select(self, name: str, label: str, value: str, choices: Iterable[Choice]) -> Shown:
        choices = list(choices)
        if value and value not in dict(choices):
            choices.append((value, words([value])))
        return self._field(name, label, value, choices=[(key, text, key == value) for key, text in choices])

    def _ticks(self, name: str, label: str, chosen: list[str], choices: Iterable[Choice]) -> Shown:
        """A few values, all of them to tick."""
        return self._field(name, label, chosen, choices=[(key, text, key in chosen) for key, text in choices])

    def _picks(self, name: str, label: str, chosen: list[str], choices: Iterable[Choice]) -> Shown:
        """Many values: those chosen, to untick, and a list to pick one more from."""
        by_id = dict(choices)
        picked = [(key, by_id.get(key) or words([key])) for key in chosen]
        left = [(key, text) for key, text in by_id.items() if key not in chosen]
        return self._field(name, label, chosen, picked=picked, left=left)

    def _range(self, name: str, label: str, value: Any, low: float, high: float) -> Shown:
        """Least, usual and most of one thing."""
        limits = {"min": low, "max": high, "step": 1}
        names = {edge: f"{label}, {self.presenter.edge_name(edge)}" for edge in EDGES}
        fields = [self._field(f"{name}.{edge}", names[edge], value.get(edge, ""), **limits) for edge in EDGES]
        errors = self._own(name, label) + [text for field in fields for text in field["errors"]]
        return {"name": name, "label": label, "fields": fields, "errors": errors}

    def _row(self, name: str) -> Shown:
        """Tell whether a row is the one just added, or which way it just went."""
        is_it = name == self.goto
        return {"new": is_it and self.verb == "add", "went": self.verb if is_it else ""}

    # --- phases ------------------------------------------------------------------------------------------------------------
    def _phase(self, name: str, place: int, phase: Body, first_week: int) -> Shown:
        before = len(self.summary)
        self.where = [_("Phase %d") % (place + 1)]
        criteria = {
            "entry_criteria": _("Begins when"),
            "progression_criteria": _("Moves on when"),
            "hold_or_stop_criteria": _("Hold or stop when"),
        }
        topics = [
            (entry["id"], entry["title"])
            for entry in self.known.education_topics.current
            if self.family in entry["families"]
        ]
        shown = {
            "prefix": name,
            **self._row(name),
            "id": phase.get("id", ""),
            "number": place + 1,
            "title": phase["name"] or _("Phase %d") % (place + 1),
            "first_week": first_week,
            "own_errors": self._own(name, ""),
            "name": self._field(f"{name}.name", _("Name of the phase"), phase["name"]),
            "goal": self._field(f"{name}.goal", _("What it is to reach"), phase["goal"]),
            "weeks": self._range(f"{name}.weeks", _("Weeks"), phase["weeks"], 1, 26),
            "visits": self._range(
                f"{name}.visits_per_week", _("Visits a week"), phase["visits_per_week"], 0.1, 7
            ),
            "visit_minutes": self._field(
                f"{name}.visit_minutes",
                _("Minutes of a visit"),
                phase.get("visit_minutes", ""),
                min=5,
                max=600,
                step=5,
                unit=_("min"),
            ),
            "criteria": [
                self._field(f"{name}.{key}", criteria[key], "\n".join(phase[key])) for key in CRITERIA
            ],
            "clinic_errors": self._own(f"{name}.clinic_modalities", _("In the clinic")),
            "clinic": [
                self._treatment(f"{name}.clinic_modalities.{row}", item)
                for row, item in enumerate(phase["clinic_modalities"])
            ],
            "home_errors": self._own(f"{name}.home_exercises", _("At home")),
            "home": [
                self._exercise(f"{name}.home_exercises.{row}", item)
                for row, item in enumerate(phase["home_exercises"])
            ],
            "education": self._picks(f"{name}.education", _("Teach"), phase["education"], topics),
        }
        is_looked_for = self.goto == name or self.goto.startswith((f"{name}.", f"add.{name}."))
        self.where = []
        shown["is_open"] = len(self.summary) > before or is_looked_for or place == 0
        return shown

    def _item(self, name: str, title: str, item: Body) -> Shown:
        return {
            "prefix": name,
            "title": title,
            **self._row(name),
            "note": self._field(f"{name}.note", _("Note"), item.get("note", "")),
            "optional": item.get("optional", False),
            "optional_name": f"{name}.optional",
        }

    def _treatment(self, name: str, item: Body) -> Shown:
        modality = self.known.modalities.get(item["modality"])
        title = modality["name"] if modality else words([item["modality"]])
        self.where = [self.where[0], title]
        shown = {
            "modality": item["modality"],
            "icon": GROUP_ICONS.get(modality["group"], "hand") if modality else "hand",
            "errors": self._own(f"{name}.modality", "", name) + self._own(name, ""),
        }
        fields = []
        if modality:
            session = modality["session_minutes"]
            minutes = item.get("minutes", session["default"])
            limits = {"min": session["min"], "max": session["max"], "step": 5, "unit": _("min")}
            fields = [self._field(f"{name}.minutes", _("Minutes"), minutes, **limits)]
            chosen = item.get("parameters", {})
            fields += [self._parameter(name, each, chosen) for each in modality["parameters"]]
        shown["fields"] = fields
        regions = self.presenter.choices_of("region")
        shown["regions"] = self._picks(f"{name}.regions", _("Where"), item.get("regions", []), regions)
        shown |= self._item(name, title, item)
        self.where = self.where[:1]
        return shown

    def _parameter(self, item: str, parameter: Entry, chosen: Mapping[str, Any]) -> Shown:
        name = f"{item}.parameters.{parameter['id']}"
        value = chosen.get(parameter["id"], parameter["default"])
        if parameter["type"] == "choice":
            return self._select(
                name, parameter["label"], str(value), [(key, words([key])) for key in parameter["choices"]]
            )
        limits = {key: parameter[key] for key in ("min", "max", "step")}
        return self._field(name, parameter["label"], value, unit=unit_of(parameter), **limits)

    def _exercise(self, name: str, item: Body) -> Shown:
        exercise = self.exercises.get(item["exercise"])
        title = self.presenter.exercise_name(exercise) if exercise else _("An exercise that is not there")
        self.where = [self.where[0], title]
        shown = {
            "exercise": item["exercise"],
            "row": exercise and self.presenter.exercise_row(exercise),
            "errors": self._exercise_faults(name, item["exercise"]),
            "fields": [],
        }
        if exercise:
            given = item.get("dosage", {})
            shown["fields"] = [
                self._field(
                    f"{name}.dosage.{key}",
                    self.presenter.dose_name(key),
                    given.get(key, limits["default"]),
                    min=limits["min"],
                    max=limits["max"],
                    step=5 if key in SECONDS else 1,
                    unit="s" if key in SECONDS else "",
                )
                for key in DOSE_ORDER
                if (limits := exercise["dosage"][key])["max"]
            ]
        shown |= self._item(name, title, item)
        self.where = self.where[:1]
        return shown

    def _exercise_faults(self, name: str, public_id: str) -> list[str]:
        """Return what is wrong with an item; of one that is there but not offered, that it was retired."""
        if f"{name}.exercise" in self.faults and public_id in self.retired:
            self.faults[f"{name}.exercise"] = [_("This was retired. Bring it back, or take another one.")]
        return self._own(f"{name}.exercise", "", name) + self._own(name, "")

    # --- measures and goals ------------------------------------------------------------------------------------------------
    def _measure(self, name: str, item: Body) -> Shown:
        measure = self.known.measures.get(item["measure"])
        title = measure["name"] if measure else words([item["measure"]])
        return {
            "prefix": name,
            "measure": item["measure"],
            "title": title,
            **self._row(name),
            "weeks": self._field(f"{name}.weeks", _("In weeks"), " ".join(map(str, item["weeks"]))),
            "required": item["required"],
            "errors": self._own(f"{name}.measure", title, name) + self._own(name, title),
        }

    def _goal(self, name: str, goal: Body, measured: list[str]) -> Shown:
        names = self.known.measures
        measures = [(key, names[key]["name"]) for key in measured if key in names]
        benefits = self.presenter.choices_of("benefit")
        kinds = [
            ("absolute", _("in its unit")),
            ("percent", _("percent of the baseline")),
            ("grade", _("grades")),
        ]
        target = goal["target"]
        title = _("Goal")
        return {
            "prefix": name,
            "id": goal.get("id", ""),
            **self._row(name),
            "template": self._field(f"{name}.template", _("What is to be reached"), goal["template"]),
            "measure": self._select(f"{name}.measure", _("Measure"), goal["measure"], measures),
            "amount": self._field(f"{name}.target.amount", _("Change"), target.get("amount", "")),
            "kind": self._select(f"{name}.target.kind", _("Counted"), target.get("kind", ""), kinds),
            "benefit": self._select(f"{name}.benefit", _("Benefit"), goal["benefit"], benefits),
            "weeks": self._field(
                f"{name}.weeks",
                _("By week"),
                goal.get("weeks", ""),
                min=1,
                max=520,
                step=1,
            ),
            "errors": self._own(f"{name}.target", title, f"{name}.target.amount") + self._own(name, title),
        }

    # --- what may be added -------------------------------------------------------------------------------------------------
    def _treatments(self) -> list[tuple[str, list[Choice]]]:
        entries = [entry for entry in self.known.modalities.current if "clinic" in entry["settings"]]
        return [
            (term["label"], [(entry["id"], entry["name"]) for entry in entries if entry["group"] == group])
            for group, term in self.known.terms("modality_groups").items()
        ]

    def _suiting(self) -> list[Choice]:
        """Return the exercises for home that suit the family, by name."""
        suiting = (
            (key, self.presenter.exercise_name(entry))
            for key, entry in self.exercises.items()
            if key not in self.retired and "home" in entry["settings"] and self.family in entry["families"]
        )
        return sorted(suiting, key=lambda choice: choice[1].lower())


def _prose() -> dict[str, str]:
    return {
        "suits": _("Suits"),
        "not_for": _("Not for"),
        "discharge_criteria": _("Ends when"),
    }
