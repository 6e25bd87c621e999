"""Take out of a typed plan what cannot be saved, so that the rest can be. Plain values, no database.

What is wrong at its field becomes again what is stored there; a row that cannot be mended so (a new one that lacks what it
needs) is left out. The page goes on showing what was typed, with the fault beside it.
"""

from collections.abc import Iterable, Mapping
from copy import deepcopy
from typing import Any

Body = dict[str, Any]
ROWS = ("goals", "phases", "clinic", "home")  # lists of rows; every other list is the value of one field


def mended(body: Body, errors: Mapping[Any, Any], stored: Body, *, again: bool = False) -> Body:
    """Return a copy of `body` without what `errors`, nested as the body is, complain of; `stored` is the plan as it is.

    `again`: a first mending did not help, so a row at fault becomes as it is stored, and a new one is left out. Places stay
    what they were until then, so that errors of both readings name the same rows.
    """
    known = {row["id"]: row for row in _all_rows(stored)}
    return _row(deepcopy(body), errors, stored, known, again)


def _row(row: Body, errors: Mapping[Any, Any], stored: Body, known: Mapping[str, Body], again: bool) -> Body:
    for name, found in errors.items():
        if name in ROWS and isinstance(found, Mapping) and isinstance(row.get(name), list):
            row[name] = list(_rows(row[name], found, known, again))
        elif name == "dosage" and isinstance(found, Mapping) and isinstance(row.get(name), dict):
            row[name] = _row(row[name], found, stored.get(name, {}), known, again)
        elif name in stored:
            row[name] = stored[name]
        else:
            row.pop(name, None)
    return row


def _rows(
    rows: list[Any], errors: Mapping[Any, Any], known: Mapping[str, Body], again: bool
) -> Iterable[Any]:
    for place, row in enumerate(rows):
        found = errors.get(place, errors.get(str(place)))
        if not found:
            yield row
            continue
        was = known.get(str(row.get("id"))) if isinstance(row, dict) else None
        if (
            isinstance(row, dict)
            and isinstance(found, Mapping)
            and not (again and found.keys().isdisjoint(ROWS))
        ):
            yield _row(row, found, was or {}, known, again)
        elif was is not None:
            yield was


def _all_rows(stored: Body) -> Iterable[Body]:
    for phase in stored.get("phases", ()):
        yield phase
        for kind in ("clinic", "home"):
            yield from phase[kind]
    yield from stored.get("goals", ())


def together(first: Any, second: Any) -> Any:
    """Return the errors of two readings of one body as one."""
    if isinstance(first, Mapping) and isinstance(second, Mapping):
        keys = [*first, *(key for key in second if key not in first)]
        return {
            key: together(first[key], second[key])
            if key in first and key in second
            else first.get(key, second.get(key))
            for key in keys
        }
    return first
