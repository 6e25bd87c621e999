"""Safety flags that follow from a diagnosis: is this cord injury at or above T6? Pure: catalogue entries and plain values.

The answer may be yes, no, or not known as long as the level or the grade is missing; what is not known is asked
(`Derived.ask`), and so is what follows but wants confirming.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

Entry = Mapping[str, Any]

LEVELS = (
    [f"C{n}" for n in range(1, 9)]
    + [f"T{n}" for n in range(1, 13)]
    + [f"L{n}" for n in range(1, 6)]
    + ["S1", "S2", "S3", "S4-5"]
)
AIS = ("ais-grade", "ais")  # the catalogue's name of the qualifier, and the contract's


@dataclass(frozen=True, slots=True)
class Facts:
    """One diagnosis: its family and subtype as in the catalogue, and what was recorded."""

    family: Entry
    subtype: Entry
    level: str | None
    qualifiers: Mapping[str, Any]
    onset: date | None


USEFUL_TONE = (
    "spasticity-used-for-function"  # asked before tone is lowered, where the upper motor neuron is hurt
)


def usual(family: Entry, subtype: Entry) -> list[str]:
    """Return the flags that people with a disorder often have: what to ask them about besides the critical ones."""
    told = [*subtype.get("auto_suggest_flags", ()), *family.get("typical_flags", ())]
    if subtype.get("motor_neuron", family["motor_neuron"]) != "lower":
        told.append(USEFUL_TONE)
    return list(dict.fromkeys(told))


@dataclass(frozen=True, slots=True)
class Derived:
    """Flags that are `set` without asking, and those to `ask` about."""

    set: frozenset[str] = frozenset()
    ask: frozenset[str] = frozenset()


def derive(diagnosis: Facts, today: date) -> Derived:
    """Return which flags follow from a diagnosis, and which may."""
    certain, to_ask = set(), set()
    for rule in diagnosis.family.get("derived_flags", ()):
        holds = _all(_holds(key, wanted, diagnosis, today) for key, wanted in rule["when"].items())
        if holds and not rule["confirm"]:
            certain.add(rule["sets"])
        elif holds is not False:
            to_ask.add(rule["sets"])
    return Derived(frozenset(certain), frozenset(to_ask - certain))


def _all(answers: Iterable[bool | None]) -> bool | None:
    """Return False when one is, else None when one is not known, else True."""
    known = set(answers)
    if False in known:
        return False
    return None if None in known else True


def _holds(key: str, wanted: Any, diagnosis: Facts, today: date) -> bool | None:
    if key == "level_at_or_above":
        return _within(_levels(diagnosis), LEVELS[: LEVELS.index(wanted) + 1])
    if key == "level_any":
        return _within(_levels(diagnosis), wanted)
    if key == "ais_any":
        return _within(_grades(diagnosis), wanted)
    if key == "months_since_injury_over":
        since = _injury(diagnosis)
        return None if since is None else _months(since, today) > wanted
    told = diagnosis.qualifiers.get(
        key.removesuffix("_any").replace("_", "-")
    )  # walks_any, spinal_stability_any
    return None if told in (None, "") else told in wanted


def _within(possible: Iterable[str], wanted: Iterable[str]) -> bool | None:
    """Tell whether what is possible all lies within what is wanted; None when some of it does, or nothing is known."""
    possible, wanted = set(possible), set(wanted)
    if not possible:
        return None
    if possible <= wanted:
        return True
    return None if possible & wanted else False


def _levels(diagnosis: Facts) -> list[str]:
    """Return the level recorded, of two the upper; else every level the subtype may have."""
    told = diagnosis.level or diagnosis.qualifiers.get("neurological-level")
    if isinstance(told, str) and (upper := upper_level(told)):
        return [upper]
    return list(diagnosis.subtype.get("levels", ()))


def upper_level(level: str) -> str | None:
    """Return the upper end of "L4-L5" or "L5-S1" as a level of the list; "S4" and "S5" are S4-5."""
    first = level if level in LEVELS else level.split("-")[0]
    if first in ("S4", "S5"):
        return "S4-5"
    return first if first in LEVELS else None


def _grades(diagnosis: Facts) -> list[str]:
    told = next((diagnosis.qualifiers[name] for name in AIS if diagnosis.qualifiers.get(name)), None)
    return [told] if isinstance(told, str) else list(diagnosis.subtype.get("ais", ()))


def _injury(diagnosis: Facts) -> date | None:
    told = diagnosis.qualifiers.get("injury-date")
    try:
        return date.fromisoformat(told) if isinstance(told, str) else diagnosis.onset
    except ValueError:
        return diagnosis.onset


def _months(since: date, today: date) -> int:
    return (today.year - since.year) * 12 + today.month - since.month - (today.day < since.day)
