"""Entries as the library's pages show them: ids become words, in the reader's language where there is a translation."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from catalogue.knowledge import Entry, Knowledge
from catalogue.pictures import described
from catalogue.searching import aims, choices, other_ways, positions
from catalogue.shapes import LANGUAGES
from catalogue.wording import said, unit_said

LANGUAGE_NAMES = {"en": "English", "hi": "हिन्दी", "bn": "বাংলা"}
DOSE_ORDER = ("sets", "reps", "hold_s", "rest_s", "times_per_day", "days_per_week")


AIM_ICONS = {
    "stretch": "stretch",
    "move": "range",
    "nerve-glide": "nerve",
    "strengthen": "figure",
    "control": "hand",
    "balance": "swap",
    "fitness": "heart",
    "relax": "wave",
    "posture": "person",
    "daily-life": "home",
}
GROUP_ICONS = {
    "exercise": "figure",
    "manual": "hand",
    "electrical": "bolt",
    "heat": "flame",
    "cold": "snow",
    "posture": "person",
    "neuro": "nerve",
    "education": "book",
}


def unit_of(parameter: Entry) -> str:
    """Return the unit of a parameter as people write it; "" for a plain count."""
    unit = parameter.get("unit", "")
    return unit_said(unit)


def aim_names() -> dict[str, str]:
    """Return what an exercise can be for, in words, by the ids of searching.AIMS."""
    return {
        "stretch": _("Stretch"),
        "move": _("Move the joints"),
        "nerve-glide": _("Glide a nerve"),
        "strengthen": _("Strengthen"),
        "control": _("Control and coordination"),
        "balance": _("Balance and walking"),
        "fitness": _("Fitness"),
        "relax": _("Relax and breathe"),
        "posture": _("Posture"),
        "daily-life": _("Daily life and transfers"),
    }


def position_names() -> dict[str, str]:
    """Return the positions of the catalogue in words."""
    return {
        "supine": _("Lying on the back"),
        "prone": _("Lying on the front"),
        "side-lying": _("Lying on the side"),
        "four-point-kneeling": _("On hands and knees"),
        "half-kneeling": _("On one knee"),
        "long-sitting": _("Sitting, legs straight"),
        "sitting": _("Sitting"),
        "wheelchair": _("In a wheelchair"),
        "standing": _("Standing"),
        "walking": _("Walking"),
    }


def words(ids: Iterable[str]) -> str:
    """Return plain ids as words: "deep neck flexors, scalenes"."""
    return ", ".join(key.replace("-", " ") for key in ids)


class Presenter:
    """Says what entries mean, by one version of the knowledge and in one language."""

    def __init__(self, known: Knowledge, language: str) -> None:
        self.known = known
        self.language = language if language in LANGUAGES else "en"

    # --- words ---------------------------------------------------------------------------------------------------------
    def labels(self, name: str, ids: Iterable[str]) -> list[str]:
        """Return the labels of ids of a shared list."""
        terms = self.known.terms(name)
        return [self._label(terms[key]) if key in terms else words([key]) for key in ids]

    def _label(self, term: Entry) -> str:
        label = term.get("label") or term.get("meaning") or term.get("text") or term["id"]
        return said(label, self.language) if isinstance(label, Mapping) else label

    def value(self, facet: str, value: str) -> str:
        """Return a value of one of the library's filters in words."""
        match facet:
            case "region":
                return self.labels("body_regions", [value])[0]
            case "aim":
                return aim_names()[value]
            case "position":
                return position_names().get(value) or words([value]).capitalize()
            case "condition":
                return self.known.conditions[value]["name"]
            case "setting":
                return self.labels("settings", [value])[0]
            case "benefit":
                return self.labels("benefits", [value])[0]
            case "helper":
                return _("With a helper") if value == "yes" else _("Without a helper")
            case "origin":
                return _("Our clinic") if value == "own" else "Tonus"
            case "prop" if value == "none":
                return _("Nothing needed")
        return words([value]).capitalize()

    def choices_of(self, facet: str) -> list[tuple[str, str]]:
        """Return every value of a filter of exercises with its words."""
        return [(value, self.value(facet, value)) for value in choices("exercises", self.known)[facet]]

    def names(self, kind: str, ids: Iterable[str]) -> list[str]:
        """Return the names of entries: conditions, flags, measures …"""
        shelf = getattr(self.known, kind)
        return [shelf[key].get("name") or shelf[key].get("label") or shelf[key]["title"] for key in ids]

    def exercise_name(self, entry: Entry) -> str:
        return said(entry["name"], self.language)

    def dose(self, dosage: Mapping[str, Mapping[str, int]]) -> str:
        """Return the usual dose in words: "2 × 10, hold 5 s, twice a day, 5 days a week"."""
        usual = {key: limits["default"] for key, limits in dosage.items()}
        parts = [f"{usual['sets']} × {usual['reps']}"]
        if usual["hold_s"]:
            parts.append(_("hold %s") % self.seconds(usual["hold_s"]))
        times, days = usual["times_per_day"], usual["days_per_week"]
        parts.append(ngettext("once a day", "%(times)d times a day", times) % {"times": times})
        if days < 7:
            parts.append(ngettext("%(days)d day a week", "%(days)d days a week", days) % {"days": days})
        return ", ".join(parts)

    def seconds(self, count: int) -> str:
        return _("%d min") % (count // 60) if count >= 120 and count % 60 == 0 else _("%d s") % count

    # --- an exercise -----------------------------------------------------------------------------------------------------
    def exercise_row(self, entry: Entry) -> dict[str, Any]:
        """Return what a list tells of an exercise. `icon` stands in where no `picture` is drawn."""
        aim = next(iter(aims(entry)), "")
        group = self.known.modalities[entry["modality"]]["group"]
        return {
            "id": entry["id"],
            "picture": described(entry["id"], language=self.language),
            "icon": AIM_ICONS.get(aim) or GROUP_ICONS.get(group, "figure"),
            "purpose": aim_names().get(aim, ""),
            "position": self.value("position", entry["position"]),
            "own": entry["id"] not in self.known.exercises,
            "name": self.exercise_name(entry),
            "aim": entry["aim"],
            "technique": self.known.modalities[entry["modality"]]["name"],
            "regions": ", ".join(self.labels("body_regions", entry["body_regions"])),
            "dose": self.dose(entry["dosage"]),
            "helper": entry["helper_needed"],
        }

    def exercise(self, entry: Entry, offered: Mapping[str, Entry]) -> dict[str, Any]:
        """Return all that the page of an exercise tells; `offered` are the exercises it may point to, by id."""
        modality = self.known.modalities[entry["modality"]]
        easier, harder = (
            self._near(entry, way, back, offered)
            for way, back in (("easier", "harder"), ("harder", "easier"))
        )
        return {
            **self.exercise_row(entry),
            "checks": modality["checks"],
            "facts": [
                (_("Technique"), modality["name"]),
                (_("Works on"), ", ".join(self.labels("body_regions", entry["body_regions"]))),
                (_("Muscles"), words(entry["target_muscles"])),
                (_("Position"), ", ".join(self.value("position", each) for each in positions(entry))),
                (_("Needs"), words(prop for prop in entry["props"] if prop != "none")),
                (_("Side"), ", ".join(self.labels("lateralities", [entry["laterality"]]))),
                (_("Where"), ", ".join(self.labels("settings", entry["settings"]))),
                (_("Helps with"), ", ".join(self.labels("benefits", entry["benefits"]))),
            ],
            "tags": self.labels("exercise_tags", entry["tags"]),
            "dosage": [self._dose_row(key, entry["dosage"][key]) for key in DOSE_ORDER],
            "steps": self.steps(entry),
            "reviewed": entry["translation_status"] == "reviewed",
            "stop_if": self.labels("stop_cues", entry["stop_if"]),
            "precautions": self.names("flags", entry["precaution_flags"]),
            "easier": easier,
            "harder": harder,
            "other_ways": [
                self.exercise_row(each)
                for each in other_ways(entry, offered.values())
                if each["id"] not in {row["id"] for row in (*easier, *harder)}
            ],
            "technique_id": entry["modality"],
            "families": [
                {"id": family, "name": self.known.conditions[family]["name"]} for family in entry["families"]
            ],
            "evidence": self.evidence(modality),
        }

    def _near(self, entry: Entry, way: str, back: str, offered: Mapping[str, Entry]) -> list[dict[str, Any]]:
        """Return what the entry names as its easier or harder one, and what names the entry the other way round."""
        ids = [entry[way], *(key for key, other in offered.items() if other[back] == entry["id"])]
        return [self.exercise_row(offered[key]) for key in dict.fromkeys(ids) if key in offered]

    def steps(self, entry: Entry) -> list[dict[str, Any]]:
        """Return the steps in every language that has them, the reader's own first."""
        order = sorted(LANGUAGES, key=lambda language: language != self.language)
        return [
            {"language": language, "name": LANGUAGE_NAMES[language], "texts": texts}
            for language in order
            if (texts := entry["steps"].get(language))
        ]

    def _dose_row(self, key: str, limits: Mapping[str, int]) -> dict[str, Any]:
        say = self.seconds if key.endswith("_s") else str
        return {
            "label": self.dose_name(key),
            **{edge: say(limits[edge]) for edge in ("min", "default", "max")},
        }

    def dose_name(self, key: str) -> str:
        return {
            "sets": _("Sets"),
            "reps": _("Repetitions"),
            "hold_s": _("Hold"),
            "rest_s": _("Rest"),
            "times_per_day": _("Times a day"),
            "days_per_week": _("Days a week"),
        }[key]

    def edge_name(self, edge: str) -> str:
        return {"min": _("least"), "default": _("usual"), "max": _("most")}[edge]

    def evidence(self, modality: Entry) -> list[dict[str, Any]]:
        """Return what is known about a technique, with the source of each statement."""
        return [
            {
                "level": item["level"],
                "meaning": self.labels("evidence_levels", [item["level"]])[0],
                "for": ", ".join(self.names("conditions", item["for"])),
                "note": item["note"],
                "source": self.known.sources[item["source"]],
            }
            for item in modality["evidence"]
        ]

    # --- a protocol ------------------------------------------------------------------------------------------------------
    def protocol_row(self, entry: Entry) -> dict[str, Any]:
        visits = sum(
            phase["weeks"]["default"] * phase["visits_per_week"]["default"] for phase in entry["phases"]
        )
        return {
            "id": entry["id"],
            "own": entry["id"] not in self.known.protocols,
            "name": entry["name"],
            "family": self.known.conditions[entry["family"]]["name"],
            "suits": entry["suits"],
            "weeks": entry["total_weeks"],
            "visits": round(visits),
            "phases": len(entry["phases"]),
            "conditions": self.names("conditions", entry["subtypes"]),
        }

    def protocol(self, entry: Entry, exercises: Mapping[str, Entry]) -> dict[str, Any]:
        """Return all that the page of a protocol tells; `exercises` are those it names, by id."""
        return {
            **self.protocol_row(entry),
            "not_for": entry["not_for"],
            "course": list(self._phases(entry, exercises)),
            "reassessment": [
                {
                    "id": item["measure"],
                    "measure": self.known.measures[item["measure"]]["name"],
                    "weeks": ", ".join(map(str, item["weeks"])),
                    "required": item["required"],
                }
                for item in entry["reassessment"]
            ],
            "goals": [
                {
                    "text": goal["template"],
                    "benefit": self.labels("benefits", [goal["benefit"]])[0],
                    "weeks": goal["weeks"],
                }
                for goal in entry["goal_templates"]
            ],
            "discharge": entry["discharge_criteria"],
            "sources": [self.known.sources[source] for source in entry["sources"]],
        }

    def _phases(self, entry: Entry, exercises: Mapping[str, Entry]) -> Iterable[dict[str, Any]]:
        start = 1
        for phase in entry["phases"]:
            end = start + phase["weeks"]["default"] - 1
            yield {
                "name": phase["name"],
                "goal": phase["goal"],
                "weeks": _("Week %d") % start
                if start == end
                else _("Weeks %(start)d to %(end)d") % {"start": start, "end": end},
                "visits": phase["visits_per_week"]["default"],
                "minutes": phase["visit_minutes"],
                "entry": phase["entry_criteria"],
                "progress": phase["progression_criteria"],
                "stop": phase["hold_or_stop_criteria"],
                "clinic": [self._clinic_item(item) for item in phase["clinic_modalities"]],
                "home": [
                    self._home_item(item, exercises[item["exercise"]]) for item in phase["home_exercises"]
                ],
                "education": self.names("education_topics", phase["education"]),
            }
            start = end + 1

    def _clinic_item(self, item: Entry) -> dict[str, Any]:
        modality, chosen = self.known.modalities[item["modality"]], item.get("parameters", {})
        return {
            "id": item["modality"],
            "name": modality["name"],
            "regions": ", ".join(self.labels("body_regions", item.get("regions", []))),
            "minutes": item.get("minutes", modality["session_minutes"]["default"]),
            "dose": [
                f"{parameter['label']}: {self._value(chosen[parameter['id']], parameter)}"
                for parameter in modality["parameters"]
                if parameter["id"] in chosen
            ],
            "note": item.get("note", ""),
            "optional": item.get("optional", False),
        }

    def _value(self, value: Any, parameter: Entry) -> str:
        return words([value]) if isinstance(value, str) else f"{value} {unit_of(parameter)}".strip()

    def _home_item(self, item: Entry, exercise: Entry) -> dict[str, Any]:
        given = item.get("dosage", {})
        dosage = {
            key: {"default": given.get(key, limits["default"])} for key, limits in exercise["dosage"].items()
        }
        return {
            **self.exercise_row(exercise),
            "dose": self.dose(dosage),
            "note": item.get("note", ""),
            "optional": item.get("optional", False),
        }
