"""What can be added to a phase: treatments or exercises, the most fitting first, each checked against the patient beforehand."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from careplans import drafting, safety
from careplans.pages import glance
from careplans.pages.common import ICONS, Shown
from careplans.services import wording
from careplans.services.reference import Reference, all_for, local
from careplans.services.trees import Tree
from catalogue import relevance
from catalogue.pictures import described
from catalogue.services import EXERCISES, offered
from clinic.access import Access

Entry = Mapping[str, Any]
WORD = re.compile(r"\w+")


def choices(
    kind: str,
    content: Tree,
    place: int,
    *,
    search: str,
    by: Access,
    facts: safety.PatientFacts,
    protocol: Entry | None,
    conditions: Sequence[str],
) -> list[Shown]:
    """Return groups of what may be added to the phase at `place`: of the protocol, for the disorder, the others.

    `search` is words that must all be found. One query, for exercises of the clinic itself.
    """
    reference = all_for(by.clinic_id)
    entries = _treatments(reference, search) if kind == "clinic" else offered(EXERCISES, by, search=search)
    named = _of_protocol(kind, protocol)
    fitting = _fitting(kind, entries, conditions, reference)
    there = {item.get("modality") or item.get("exercise") for item in content["phases"][place][kind]}
    against = _against(kind, entries, drafting.side_of(content), facts, reference)
    groups: dict[str, list[Shown]] = {
        _("In the protocol"): [],
        _("For this disorder"): [],
        _("Others"): [],
    }
    in_protocol, for_disorder, others = groups.values()
    for entry in entries:
        shown = _shown(kind, entry, reference) | {
            "there": entry["id"] in there,
            "finding": against.get(entry["id"]),
        }
        if entry["id"] in named:
            in_protocol.append(shown)
        elif entry["id"] in fitting:
            for_disorder.append(shown)
        else:
            others.append(shown)
    for_disorder.sort(key=lambda each: fitting.index(each["id"]))
    in_protocol.sort(key=lambda each: each["there"])
    if search:  # what is called so comes before what only holds the letters: TENS before "tensioners"
        rows = sorted((*in_protocol, *for_disorder, *others), key=lambda each: _rank(each["name"], search))
        groups = {_("Found"): rows}
    return [{"name": name, "rows": rows} for name, rows in groups.items() if rows]


def _rank(name: str, search: str) -> int:
    """Return 0 for a name that has every word that is looked for, 1 with words that begin so, 2 for the rest."""
    names = WORD.findall(name.lower())
    wanted = WORD.findall(search.lower())
    if all(word in names for word in wanted):
        return 0
    return 1 if all(any(each.startswith(word) for each in names) for word in wanted) else 2


def _treatments(reference: Reference, search: str) -> list[Entry]:
    groups = reference.known.terms("modality_groups")
    words = search.lower().replace("-", " ").split()

    def found(entry: Entry) -> bool:
        text = f"{entry['name']} {groups[entry['group']]['label']}".lower().replace("-", " ")
        return all(word in text for word in words)

    return [
        entry
        for entry in reference.known.modalities.current
        if "clinic" in entry["settings"] and found(entry)
    ]


def _of_protocol(kind: str, protocol: Entry | None) -> set[str]:
    """Return what the draft's protocol names anywhere, optional items too."""
    listed, name = ("clinic_modalities", "modality") if kind == "clinic" else ("home_exercises", "exercise")
    return {item[name] for phase in (protocol or {}).get("phases", ()) for item in phase[listed]}


def _fitting(
    kind: str, entries: Sequence[Entry], conditions: Iterable[str], reference: Reference
) -> list[str]:
    """Return the ids of what concerns the disorders, best match first."""
    shelf = "modalities" if kind == "clinic" else "exercises"
    found = [
        entry["id"]
        for condition in conditions
        for entry in relevance.best_first(shelf, entries, relevance.concern(condition, reference.known))
    ]
    return list(dict.fromkeys(found))


def _against(
    kind: str,
    entries: Iterable[Entry],
    side: str | None,
    facts: safety.PatientFacts,
    reference: Reference,
) -> dict[str, safety.Finding]:
    """Return what speaks most against each, done as usual and, in the clinic, at a place not said yet."""
    items = [
        safety.clinic_item(entry["id"], entry, [], {})
        if kind == "clinic"
        else safety.home_item(entry["id"], entry, side)
        for entry in entries
    ]
    found: dict[str, safety.Finding] = {}
    for finding in safety.findings(items, facts, reference.rulebook):  # blocks first
        found.setdefault(finding.prescription, finding)
    return found


def _shown(kind: str, entry: Entry, reference: Reference) -> Shown:
    benefits = [glance.badge(benefit) for benefit in glance.BENEFITS if benefit in entry["benefits"]]
    if kind == "clinic":
        groups = reference.known.terms("modality_groups")
        return {
            "id": entry["id"],
            "name": entry["name"],
            "about": groups[entry["group"]]["label"],
            "icon": ICONS.get(entry["group"], "hand"),
            "benefits": benefits,
        }
    return {
        "id": entry["id"],
        "name": local(entry["name"]),
        "about": entry["aim"],
        "position": wording.choice(entry["position"]),
        "helper": entry["helper_needed"],
        "picture": described(entry["id"]),
        "icon": "figure",
        "benefits": benefits,
    }
