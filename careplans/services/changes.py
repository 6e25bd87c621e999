"""The difference between two versions of a plan, in sentences a person reads: "TENS: Frequency 80 Hz → 100 Hz"."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from careplans.models import CarePlan
from careplans.services import wording
from careplans.services.reference import Reference, reference_for
from careplans.services.trees import Tree, tree
from patients.models import Diagnosis

Change = dict[str, Any]  # kind, part, item, lineage_id, phase, field, label, old, new, text
Fields = Mapping[str, str]  # field → label

MISSING = "–"


def diff(old: CarePlan, new: CarePlan) -> list[Change]:
    """Return what differs between two versions, fetched `with_content()`. At most two queries."""
    before, after = tree(old), tree(new)
    named = {"phases": [*before["phases"], *after["phases"]]}
    named_diagnoses = {}
    if set(before["diagnoses"]) != set(after["diagnoses"]):
        found = Diagnosis.objects.for_clinic(new.clinic_id).filter(
            pk__in=[*before["diagnoses"], *after["diagnoses"]]
        )
        named_diagnoses = {str(pk): name for pk, name in found.values_list("pk", "condition__name")}
    reference = reference_for(new.clinic_id, named)
    return changes(before, after, reference, named_diagnoses, state=new.is_draft)


def changes(
    old: Tree,
    new: Tree,
    reference: Reference,
    diagnoses: Mapping[str, str],
    *,
    state: bool = False,
) -> list[Change]:
    """Return what differs from `old` to `new`, in the order of the plan: the plan, goals, phases, items.

    Items are paired by lineage, phases by name and then by place, goals by text and then by measure. Whether an item is paused
    may change after signing and is no difference, but with `state`: of a draft, whose signature takes up or pauses it.
    `diagnoses` names them by id.
    """
    return [
        *_plan_changes(old, new, reference, diagnoses),
        *_goal_changes(old["goals"], new["goals"], reference),
        *_phase_changes(old["phases"], new["phases"], reference),
        *_item_changes("clinic", old, new, reference, state=state),
        *_item_changes("home", old, new, reference, state=state),
    ]


# --- the parts -------------------------------------------------------------------------------------------------------
def _plan_changes(old: Tree, new: Tree, reference: Reference, diagnoses: Mapping[str, str]) -> list[Change]:
    found = []
    for pk in [*old["diagnoses"], *(pk for pk in new["diagnoses"] if pk not in old["diagnoses"])]:
        if (pk in old["diagnoses"]) != (pk in new["diagnoses"]):
            kind = "removed" if pk in old["diagnoses"] else "added"
            found.append(_whole(kind, "diagnosis", diagnoses.get(pk, pk)))
    labels = {"daily_minutes_max": _("At most, minutes a day")}
    return [*found, *_fields("plan", _("At home"), old, new, labels, reference)]


def _goal_changes(old: Sequence[Tree], new: Sequence[Tree], reference: Reference) -> list[Change]:
    pairs, gone, come = _pair(old, new, lambda goal: goal["text"], lambda goal: goal["measure"])
    labels = {
        "text": _("Goal"),
        "baseline": _("Baseline"),
        "target": _("Target"),
        "due_on": _("Due"),
        "gas": _("Levels"),
        "weight": _("Weight"),
    }
    found = [_whole("removed", "goal", goal["text"]) for goal in gone]
    for before, after in pairs:
        found += _fields("goal", after["text"], before, after, labels, reference)
    return [*found, *(_whole("added", "goal", goal["text"]) for goal in come)]


def _phase_changes(old: Sequence[Tree], new: Sequence[Tree], reference: Reference) -> list[Change]:
    pairs, gone, come = _pair(old, new, lambda phase: phase["name"], lambda phase: phase["order"])
    labels = {
        "name": _("Name"),
        "order": _("Place"),
        "weeks": _("Weeks"),
        "entry": _("Begins when"),
        "progress_when": _("Moves on when"),
        "education": _("Education"),
    }
    found = [_whole("removed", "phase", phase["name"]) for phase in gone]
    for before, after in pairs:
        found += _fields("phase", after["name"], before, after, labels, reference)
    return [*found, *(_whole("added", "phase", phase["name"]) for phase in come)]


def _item_changes(kind: str, old: Tree, new: Tree, reference: Reference, *, state: bool) -> list[Change]:
    was, now = _by_lineage(old, kind), _by_lineage(new, kind)
    found = []
    for lineage in [*was, *(lineage for lineage in now if lineage not in was)]:
        before, after = was.get(lineage), now.get(lineage)
        if before is None or after is None:
            item = before or after or {}
            found.append(
                _whole(
                    "removed" if before else "added",
                    kind,
                    wording.item_name(item, reference),
                    phase=item["phase"],
                    lineage_id=lineage,
                )
            )
            continue
        labels = wording.labels(after, reference) | {"phase": _("Phase")}
        if state:
            labels["status"] = _("State")
        name = wording.item_name(after, reference)
        found += _fields(
            kind, name, before, after, labels, reference, phase=after["phase"], lineage_id=lineage
        )
    return found


def _by_lineage(content: Tree, kind: str) -> dict[str, Tree]:
    """Return items by lineage, with their phase's name, and a treatment's dose as fields of the item."""
    return {
        item["lineage_id"]: {**item, **item.get("dosage", {}), "phase": phase["name"]}
        for phase in content["phases"]
        for item in phase[kind]
    }


# --- pairing and saying ----------------------------------------------------------------------------------------------
Key = Callable[[Tree], Any]


def _pair(
    old: Iterable[Tree], new: Iterable[Tree], *keys: Key
) -> tuple[list[tuple[Tree, Tree]], list[Tree], list[Tree]]:
    """Return what belongs together, by the first key and of the rest by the next; then what is gone, what has come."""
    pairs: list[tuple[Tree, Tree]] = []
    gone, come = list(old), list(new)
    for key in keys:
        for before in list(gone):
            after = next((each for each in come if key(each) is not None and key(each) == key(before)), None)
            if after is not None:
                pairs.append((before, after))
                gone.remove(before)
                come.remove(after)
    return sorted(pairs, key=lambda pair: list(new).index(pair[1])), gone, come


def _whole(
    kind: str, part: str, item: str, *, phase: str | None = None, lineage_id: str | None = None
) -> Change:
    sentence = {"added": _("%(item)s: new"), "removed": _("%(item)s: removed")}[kind]
    return {
        "kind": kind,
        "part": part,
        "item": item,
        "lineage_id": lineage_id,
        "phase": phase,
        "field": None,
        "label": None,
        "old": None,
        "new": None,
        "text": sentence % {"item": item},
    }


def _fields(
    part: str, item: str, before: Tree, after: Tree, labels: Fields, reference: Reference, **where: str | None
) -> list[Change]:
    """Return one change for each field of an item that differs."""
    found = []
    for name, label in labels.items():
        if before.get(name) == after.get(name):
            continue
        old, new = (
            wording.value(name, each.get(name), each, reference) or MISSING for each in (before, after)
        )
        words = {"item": item, "label": label, "old": old, "new": new}
        found.append(
            _whole("added", part, item)
            | where
            | {"kind": "changed", "field": name, "label": label, "old": old, "new": new}
            | {"text": _("%(item)s: %(label)s %(old)s → %(new)s") % words}
        )
    return found
