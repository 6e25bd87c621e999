"""A plan at a glance: which of the five benefits it serves, and what it asks of the patient at home."""

from collections.abc import Collection, Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from careplans import load
from careplans.pages.common import Shown
from careplans.services.reference import Reference
from careplans.services.trees import Tree

# The five, as staff call them, each with its one icon and hue (design system).
BENEFITS = {
    "pain-spasm": (gettext_lazy("Pain and spasm"), "pain", "is-pain"),
    "nerve-coordination": (gettext_lazy("Nerve and muscle control"), "nerve", "is-nerve"),
    "range-of-motion": (gettext_lazy("Range of movement"), "range", "is-range"),
    "medication": (gettext_lazy("Less need for medicine"), "tablet", "is-meds"),
    "quality-of-life": (gettext_lazy("Quality of life"), "smile", "is-life"),
}


def badge(benefit: str) -> Shown:
    """Return a benefit as a template shows it."""
    label, icon, tone = BENEFITS[benefit]
    return {"label": label, "icon": icon, "tone": tone}


def of_item(item: Tree, reference: Reference) -> list[str]:
    """Return the benefits that a treatment or an exercise serves, in their fixed order."""
    entry: Mapping[str, Any] = (
        reference.modalities[item["modality"]]
        if "modality" in item
        else reference.exercises[item["exercise"]]
    )
    return [benefit for benefit in BENEFITS if benefit in entry["benefits"]]


def benefits(content: Tree, reference: Reference) -> list[Shown]:
    """Return all five with how many different things serve each, in words; `empty` where nothing does."""
    served: dict[str, set[tuple[str, str]]] = {benefit: set() for benefit in BENEFITS}
    for phase in content.get("phases", []):
        for kind, names, known in (
            ("clinic", "modality", reference.modalities),
            ("home", "exercise", reference.exercises),
        ):
            for item in phase.get(kind, []):
                if item.get(names) in known:
                    for benefit in of_item(item, reference):
                        served[benefit].add((kind, item[names]))
    aimed_at = {goal.get("benefit") for goal in content.get("goals", [])}
    return [
        badge(benefit) | {"said": _served(found), "empty": not found, "goal": benefit in aimed_at}
        for benefit, found in served.items()
    ]


def _served(found: Collection[tuple[str, str]]) -> str:
    clinic, home = (sum(kind == each for kind, _name in found) for each in ("clinic", "home"))
    said = []
    if clinic:
        said.append(ngettext("%d treatment", "%d treatments", clinic) % clinic)
    if home:
        said.append(ngettext("%d exercise", "%d exercises", home) % home)
    return ", ".join(said) or _("Nothing serves it")


def at_home(phase: Tree, reference: Reference, most_minutes: int) -> Shown:
    """Return what a phase asks for on its longest day: minutes, exercises, and what of it is too much."""
    week = load.days(phase.get("home", []), reference.exercises)
    day = load.heaviest(week)
    return {
        "minutes": round(day.minutes),
        "exercises": max(each.exercises for each in week),
        "warnings": load.warnings(week, most_minutes),
    }
