"""Which entries concern a condition, best match first. Plain values, no database."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

Entry = Mapping[str, Any]
Rank = tuple[float, ...]  # smaller is a better match


@dataclass(frozen=True)
class Concern:
    """A condition asked about: its family, the subtype if it is one, and what the catalogue says of both."""

    condition: Entry
    family: Entry
    protocols: tuple[Entry, ...]  # written for the condition; for a family, all of it
    evidence_order: Mapping[str, int]  # level → place, the strongest first

    @property
    def ids(self) -> set[str]:
        return {self.condition["id"], self.family["id"]}

    @property
    def sites(self) -> set[str]:
        return set(self.condition.get("spasm_sites") or self.family["typical_spasm_sites"])

    @property
    def phases(self) -> list[Entry]:
        return [phase for protocol in self.protocols for phase in protocol["phases"]]


def concern(condition: str, known: Any) -> Concern:
    """Gather what `known` (a Knowledge) says about a condition. Raises KeyError for an unknown one."""
    entry = known.conditions[condition]
    family = known.conditions[known.family_of(condition)]
    protocols = tuple(
        protocol
        for protocol in known.protocols.current
        if protocol["family"] == family["id"] and (entry is family or condition in protocol["subtypes"])
    )
    levels = [level["id"] for level in known.vocabulary["evidence_levels"]]
    return Concern(entry, family, protocols, {level: place for place, level in enumerate(levels)})


def best_first(kind: str, entries: Iterable[Entry], about: Concern) -> list[Entry]:
    """Return the entries that concern the condition; equal matches keep their order."""
    rank = RANKS[kind]
    ranked = [(place, entry) for entry in entries if (place := rank(entry, about)) is not None]
    return [entry for _place, entry in sorted(ranked, key=lambda pair: pair[0])]


def _condition(entry: Entry, about: Concern) -> Rank | None:
    if entry["id"] == about.condition["id"]:
        return (0,)
    related = entry["id"] in about.ids or (about.condition is about.family and entry["family"] in about.ids)
    return (1,) if related else None


def _modality(entry: Entry, about: Concern) -> Rank | None:
    """By the best evidence for the family; what only a protocol names comes after, what evidence speaks against last."""
    found = [about.evidence_order[e["level"]] for e in entry["evidence"] if about.family["id"] in e["for"]]
    used = any(
        item["modality"] == entry["id"] for phase in about.phases for item in phase["clinic_modalities"]
    )
    if not found and not used:
        return None
    against = about.evidence_order["against"]
    return (min(found, default=against - 0.5), 0 if used else 1)


def _exercise(entry: Entry, about: Concern) -> Rank | None:
    """Those of the condition's protocols first, then by how many of its usual places they work on."""
    if about.family["id"] not in entry["families"]:
        return None
    used = any(item["exercise"] == entry["id"] for phase in about.phases for item in phase["home_exercises"])
    return (0 if used else 1, -len(about.sites & set(entry["body_regions"])))


def _measure(entry: Entry, about: Concern) -> Rank | None:
    if entry["families"] != "all" and about.family["id"] not in entry["families"]:
        return None
    return _place_in(about.family["usual_measures"], entry)


def _protocol(entry: Entry, about: Concern) -> Rank | None:
    if entry["family"] != about.family["id"]:
        return None
    return (0 if about.condition["id"] in entry["subtypes"] else 1,)


def _flag(entry: Entry, about: Concern) -> Rank | None:
    """What the subtype suggests, then what is usual in the family, then what follows from its details."""
    suggested = about.condition.get("auto_suggest_flags", [])
    derived = [derived["sets"] for derived in about.family.get("derived_flags", [])]
    for place, flags in enumerate((suggested, about.family["typical_flags"], derived)):
        if entry["id"] in flags:
            return (place, flags.index(entry["id"]))
    return None


def _rule(entry: Entry, about: Concern) -> Rank | None:
    named = entry["when"].get("conditions_any")
    if named is None:
        return (1,)
    return (0,) if about.ids & set(named) else None


def _red_flag(entry: Entry, about: Concern) -> Rank | None:
    if not {"all", about.family["id"]} & set(entry["applies_to"]):
        return None
    return _place_in(about.family["red_flags"], entry)


def _place_in(listed: list[str], entry: Entry) -> Rank:
    return (listed.index(entry["id"]),) if entry["id"] in listed else (len(listed),)


RANKS: dict[str, Callable[[Entry, Concern], Rank | None]] = {
    "conditions": _condition,
    "modalities": _modality,
    "exercises": _exercise,
    "measures": _measure,
    "protocols": _protocol,
    "flags": _flag,
    "rules": _rule,
    "red_flags": _red_flag,
}
