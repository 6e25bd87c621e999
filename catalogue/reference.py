"""Shipped knowledge as its pages tell it: treatments with the rules that name them, measures, red flags. Each with its source."""

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

from django.utils.translation import gettext as _

from catalogue.knowledge import Entry, Knowledge
from catalogue.presenting import GROUP_ICONS, Presenter, unit_of, words
from catalogue.validation import rule_modalities

Shown = dict[str, Any]


@lru_cache(maxsize=2)
def rules_by_treatment(known: Knowledge) -> Mapping[str, tuple[Entry, ...]]:
    """Return the rules in force that name each treatment, by its id: what blocks first. Worked out once a version."""
    found: dict[str, list[Entry]] = {key: [] for key in known.modalities}
    for rule in sorted(known.rules.current, key=lambda rule: rule["severity"] != "block"):
        for modality in rule_modalities(rule, known.modalities):
            found[modality].append(rule)
    return {key: tuple(rules) for key, rules in found.items()}


class Reference(Presenter):
    """Says what the shipped knowledge holds, by one version of it and in one language."""

    # --- treatments ------------------------------------------------------------------------------------------------------
    def treatments(self) -> list[Shown]:
        """Return the treatments by group, in the catalogue's order."""
        groups = self.known.terms("modality_groups")
        rules = rules_by_treatment(self.known)
        return [
            {
                "id": group,
                "label": groups[group]["label"],
                "rows": [
                    self._treatment_row(entry, rules[entry["id"]])
                    for entry in self.known.modalities.current
                    if entry["group"] == group
                ],
            }
            for group in groups
        ]

    def _treatment_row(self, entry: Entry, rules: Iterable[Entry]) -> Shown:
        severities = [rule["severity"] for rule in rules]
        return {
            "id": entry["id"],
            "name": entry["name"],
            "icon": GROUP_ICONS.get(entry["group"], "hand"),
            "how": entry["how"],
            "minutes": entry["session_minutes"]["default"],
            "where": ", ".join(self.labels("settings", entry["settings"])),
            "blocks": severities.count("block"),
            "warnings": severities.count("warn"),
        }

    def treatment(self, entry: Entry) -> Shown:
        """Return all that the page of a treatment tells."""
        rules = rules_by_treatment(self.known)[entry["id"]]
        return {
            **self._treatment_row(entry, rules),
            "group": self.labels("modality_groups", [entry["group"]])[0],
            "session": entry["session_minutes"],
            "facts": [
                (_("Where"), ", ".join(self.labels("settings", entry["settings"]))),
                (_("Equipment"), ", ".join(self.labels("equipment", entry["equipment"]))),
                (_("Helps with"), ", ".join(self.labels("benefits", entry["benefits"]))),
            ],
            "checks": entry["checks"],
            "parameters": [self._parameter(each) for each in entry["parameters"]],
            "parameter_sources": self.sources(entry.get("parameter_sources", ())),
            "evidence": self.evidence(entry),
            "rules": [self.rule(rule) for rule in rules],
            "exercises": [
                self.exercise_row(each)
                for each in self.known.exercises.current
                if each["modality"] == entry["id"]
            ],
            "protocols": [
                {"id": each["id"], "name": each["name"]}
                for each in self.known.protocols.current
                if any(
                    item["modality"] == entry["id"]
                    for phase in each["phases"]
                    for item in phase["clinic_modalities"]
                )
            ],
        }

    def _parameter(self, parameter: Entry) -> Shown:
        if parameter["type"] == "choice":
            said = [words([choice]) for choice in parameter["choices"]]
            return {
                "label": parameter["label"],
                "choices": ", ".join(said),
                "default": words([parameter["default"]]),
            }
        edges = ("min", "usual_min", "default", "usual_max", "max")
        return {
            "label": parameter["label"],
            "unit": unit_of(parameter),
            "is_number": True,
            **{key: parameter[key] for key in edges},
        }

    def rule(self, rule: Entry) -> Shown:
        """Return a safety rule in words: what it says, how strict it is, where it comes from."""
        return {
            "message": rule["message"],
            "blocks": rule["severity"] == "block",
            "policy": self.labels("override_policies", [rule["override"]])[0],
            "source": self.known.sources[rule["source"]],
        }

    def sources(self, ids: Iterable[str]) -> list[Entry]:
        return [self.known.sources[key] for key in ids]

    # --- measures --------------------------------------------------------------------------------------------------------
    def measures(self) -> list[Shown]:
        """Return the measures under the benefit that each tells of first."""
        return [
            {
                "label": self.labels("benefits", [benefit])[0],
                "rows": [
                    {key: entry[key] for key in ("id", "name", "abbreviation", "construct", "minutes")}
                    for entry in self.known.measures.current
                    if entry["benefits"][0] == benefit
                ],
            }
            for benefit in self.known.terms("benefits")
        ]

    def measure(self, entry: Entry) -> Shown:
        """Return all that the page of a measure tells."""
        families = entry["families"]
        value, minutes = entry["value"], entry["minutes"]
        limits = f"{value['min']} – {value['max']}" if "min" in value and "max" in value else ""
        direction = {
            "lower-is-better": _("Lower is better"),
            "higher-is-better": _("Higher is better"),
        }.get(entry["direction"], _("Describes; neither way is better"))
        return {
            **{key: entry[key] for key in ("id", "name", "abbreviation", "how")},
            "caution": entry.get("caution", ""),
            "facts": [
                (_("Measures"), entry["construct"]),
                (
                    _("Value"),
                    ", ".join(map(str, value.get("choices", ()))) or f"{limits} {value.get('unit', '')}",
                ),
                (_("Direction"), direction),
                (_("Recorded for each"), words([entry["recorded_per"]])),
                (_("Takes"), _("%d min") % minutes if minutes else ""),
                (_("Needs"), ", ".join(entry.get("equipment_needed", ()))),
                (
                    _("For"),
                    _("Every disorder")
                    if families == "all"
                    else ", ".join(self.names("conditions", families)),
                ),
                (_("Helps with"), ", ".join(self.labels("benefits", entry["benefits"]))),
                (_("Formula"), entry.get("formula", "")),
                (
                    _("Licence"),
                    f"{self.labels('licence_statuses', [entry['licence']['status']])[0]} {entry['licence']['note']}",
                ),
            ],
            "changes": [
                self._change(label, change, value.get("unit", ""))
                for label, key in ((_("Change that matters"), "mcid"), (_("Beyond measuring error"), "mdc"))
                for change in entry["meaningful_change"][key]
            ],
            "bands": [
                {"values": " – ".join(dict.fromkeys(f"{band[edge]:g}" for edge in ("from", "to"))), **band}
                for band in entry.get("bands", ())
            ],
            "sources": self.sources([entry["source"]]),
        }

    def _change(self, label: str, change: Entry, unit: str) -> Shown:
        """`unit` is that of the measure's values, in which an absolute change is told."""
        unit = {"percent": "%", "grade": _("grades")}.get(change["kind"], unit)
        return {
            "label": label,
            "amount": f"{change['amount']:g} {unit}",
            "population": change["population"],
            "source": self.known.sources[change["source"]],
        }

    # --- red flags -------------------------------------------------------------------------------------------------------
    def red_flags(self) -> list[Shown]:
        """Return the red flags by urgency, the most urgent first."""
        return [
            {
                "label": level["label"],
                "meaning": level["meaning"],
                "urgent": level["max_hours"] == 0,
                "rows": [
                    {
                        "question": entry["clinician_question"],
                        "may_mean": ", ".join(entry["may_mean"]),
                        "action": entry["clinician_action"],
                        "source": self.known.sources[entry["source"]],
                    }
                    for entry in self.known.red_flags.current
                    if entry["urgency"] == level["id"]
                ],
            }
            for level in sorted(self.known.terms("urgency_levels").values(), key=lambda level: level["order"])
        ]
