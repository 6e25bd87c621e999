"""What is on record about when to assess again: the intervals of disorders, and what changed since the last assessment."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from careplans import scoring
from careplans.reassessing import Changed, Interval
from catalogue.knowledge import Knowledge

USUAL = (4, 6)  # weeks, where no disorder says


def interval_of(conditions: Iterable[str], known: Knowledge) -> Interval:
    """Return the shortest interval of somebody's disorders."""
    told = []
    for condition in conditions:
        entry, family = known.conditions[condition], known.conditions[known.family_of(condition)]
        weeks = entry.get("reassess_weeks") or family["reassess_weeks"]
        told.append((weeks["first"], weeks["then"]))
    return Interval(*min(told, default=USUAL))


def changes_of(
    rows: Iterable[Mapping[str, Any]], conditions: Iterable[str], known: Knowledge
) -> list[Changed]:
    """Return what changed among values entered outside an assessment: by more than the error of measurement where that is
    published (MDC), else by as much as matters (MCID).

    A row has `measure`, `site`, `side`, `motion`, `inputs`, `conditions`, `value`, `number`, `at` (a day) and `before`: values
    of the same measure and place in the last assessment, each with `inputs`, `conditions`, `value` and `number`. Compared is
    what was measured in the same way.
    """
    families = {known.family_of(condition) for condition in conditions}
    who = frozenset({*conditions, *families})
    found: dict[tuple[Any, ...], Changed] = {}
    for row in rows:
        measure = known.measures[row["measure"]]
        way = scoring.series_key(measure, row["inputs"])
        for before in row["before"] or ():
            if scoring.series_key(measure, before["inputs"]) != way:
                continue
            comparable = not scoring.differences(measure, before["conditions"], row["conditions"])
            about = scoring.About(who, scoring.limb_of(row["site"]))
            change = scoring.change(measure, before["number"], row["number"], about, comparable=comparable)
            key = (row["measure"], way, row["site"], row["side"], row["motion"])
            found.pop(key, None)  # the latest value says how it is
            if change.label in ("improved", "worse"):
                found[key] = Changed(
                    date.fromisoformat(row["at"]), measure["name"], _written(before), _written(row)
                )
    return list(found.values())


def _written(row: Mapping[str, Any]) -> str:
    return row["value"] if isinstance(row["value"], str) else f"{row['number']:g}"
