"""The editor of an own protocol, read into the tree that the service takes; and its buttons, for browsers without script too.

Field names are the paths of the values in the entry: `phases.0.home_exercises.2.dosage.reps`. So a fault of the service
(services.nested) names its field by itself. What cannot be read as a number stays as typed and is refused at its field.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from django.http import QueryDict

from catalogue import schema
from catalogue.forms import EDGES, lines
from clinic.numbers import read_number

Body = dict[str, Any]
DOSE = tuple(schema.DOSE)
CRITERIA = ("entry_criteria", "progression_criteria", "hold_or_stop_criteria")
PROSE = ("suits", "not_for", "discharge_criteria")
ROWS = ("phases", "reassessment", "goal_templates", "clinic_modalities", "home_exercises")


def blank() -> Body:
    """Return a protocol with one empty phase, to begin with."""
    return typed({"name": "", "family": "", **schema.PROTOCOL_DEFAULTS, "phases": [new_phase()]})


def new_phase() -> Body:
    """Return an empty phase: two weeks of two visits, until somebody says otherwise."""
    return _phase_of(
        {"weeks": {"min": 1, "default": 2, "max": 4}, "visits_per_week": {"min": 1, "default": 2, "max": 3}}
    )


def typed(entry: Mapping[str, Any]) -> Body:
    """Return an entry as the form holds it: every list there, to be changed without touching the entry."""
    return {
        "name": entry["name"],
        "family": entry["family"],
        **{key: list(entry[key]) for key in ("subtypes", "sources", *PROSE)},
        "phases": [_phase_of(phase) for phase in entry["phases"]],
        "reassessment": [dict(item) for item in entry["reassessment"]],
        "goal_templates": [dict(goal) for goal in entry["goal_templates"]],
    }


def _phase_of(phase: Mapping[str, Any]) -> Body:
    usual = {"name": "", "weeks": {}, "visits_per_week": {}, **schema.PHASE_DEFAULTS}
    told = {**usual, **phase}
    rows = {key: [dict(item) for item in told[key]] for key in ("clinic_modalities", "home_exercises")}
    return {**told, **rows}


# --- reading ---------------------------------------------------------------------------------------------------------
def read(post: QueryDict) -> Body:
    """Return what the form holds."""
    return {
        "name": _text(post, "name"),
        "family": _text(post, "family"),
        "subtypes": _chosen(post, "subtypes"),
        **{key: lines(_text(post, key)) for key in PROSE},
        "phases": [_phase(post, row) for row in _rows(post, "phases")],
        "reassessment": [
            {
                "measure": _text(post, f"{row}.measure"),
                "weeks": [read_number(week) for week in re.split(r"[\s,;]+", _text(post, f"{row}.weeks")) if week],
                "required": f"{row}.required" in post,
            }
            for row in _rows(post, "reassessment")
        ],
        "goal_templates": [
            {
                **{key: _text(post, f"{row}.{key}") for key in ("id", "template", "measure", "benefit")},
                "target": {"kind": _text(post, f"{row}.target.kind"), **_numbers(post, f"{row}.target", ["amount"])},
                **_numbers(post, row, ["weeks"]),
            }
            for row in _rows(post, "goal_templates")
        ],
        "sources": _chosen(post, "sources"),
    }  # fmt: skip


def _phase(post: QueryDict, row: str) -> Body:
    return {
        "id": _text(post, f"{row}.id"),
        "name": _text(post, f"{row}.name"),
        "goal": _text(post, f"{row}.goal"),
        "weeks": _numbers(post, f"{row}.weeks", EDGES),
        "visits_per_week": _numbers(post, f"{row}.visits_per_week", EDGES),
        **_numbers(post, row, ["visit_minutes"]),
        **{key: lines(_text(post, f"{row}.{key}")) for key in CRITERIA},
        "clinic_modalities": [
            {
                "modality": _text(post, f"{item}.modality"),
                **_numbers(post, item, ["minutes"]),
                "parameters": _parameters(post, f"{item}.parameters"),
                "regions": _chosen(post, f"{item}.regions"),
                **_item(post, item),
            }
            for item in _rows(post, f"{row}.clinic_modalities")
        ],
        "home_exercises": [
            {
                "exercise": _text(post, f"{item}.exercise"),
                "dosage": _numbers(post, f"{item}.dosage", DOSE),
                **_item(post, item),
            }
            for item in _rows(post, f"{row}.home_exercises")
        ],
        "education": _chosen(post, f"{row}.education"),
    }


def _item(post: QueryDict, row: str) -> Body:
    return {"note": _text(post, f"{row}.note"), "optional": f"{row}.optional" in post}


def _parameters(post: QueryDict, stem: str) -> Body:
    found = {key.removeprefix(f"{stem}."): _text(post, key) for key in post if key.startswith(f"{stem}.")}
    return {key: read_number(text) for key, text in found.items() if text}


def _rows(post: QueryDict, stem: str) -> list[str]:
    """Return the prefixes of the rows of one list, in the order of their numbers: phases.0, phases.2 …"""
    pattern = re.compile(rf"{re.escape(stem)}\.([0-9]{{1,3}})\.")
    numbers = {int(found[1]) for key in post if (found := pattern.match(key))}
    return [f"{stem}.{number}" for number in sorted(numbers)]


def _text(post: QueryDict, name: str) -> str:
    return str(post.get(name, "")).replace("\0", "").replace("\r\n", "\n").strip()


def _chosen(post: QueryDict, name: str) -> list[str]:
    """Return the ids ticked, and the one picked to be added, each once."""
    told = (value.replace("\0", "").strip() for value in post.getlist(name))
    return list(dict.fromkeys(filter(None, told)))


def _numbers(post: QueryDict, stem: str, names: Iterable[str]) -> Body:
    found = {name: _text(post, f"{stem}.{name}") for name in names}
    return {name: read_number(text) for name, text in found.items() if text}


# --- what is kept ------------------------------------------------------------------------------------------------------
def entry(body: Body) -> Body:
    """Return the entry that the service takes: rows with ids of their own, nothing said where nothing was typed."""
    return {
        **body,
        "phases": [
            {
                **_said(phase),
                "clinic_modalities": [_said(item, empty=("parameters", "regions")) for item in phase["clinic_modalities"]],
                "home_exercises": [_said(item, empty=("dosage",)) for item in phase["home_exercises"]],
            }
            for phase in _numbered(body["phases"], "phase")
        ],
        "goal_templates": _numbered(body["goal_templates"], "goal"),
    }  # fmt: skip


def _said(row: Body, empty: tuple[str, ...] = ()) -> Body:
    """Return a row without what was left out: a blank note, "not optional", nothing chosen."""
    left_out = {"note": "", "optional": False, **{key: row.get(key) for key in empty if not row.get(key)}}
    return {key: value for key, value in row.items() if key not in left_out or value != left_out[key]}


def _numbered(rows: list[Body], word: str) -> list[Body]:
    """Return rows each with an id: its own, else the first free one."""
    taken = {row["id"] for row in rows if row.get("id")}
    free = (name for n in range(1, 1000) if (name := f"{word}-{n}") not in taken)
    return [{**row, "id": row.get("id") or next(free)} for row in rows]


# --- adding, moving and taking away --------------------------------------------------------------------------------------
def carry_out(body: Body, order: str, post: QueryDict) -> str:
    """Do to the tree what a button says; return the name of what the eye should go to ("" for nothing).

    Orders: `add:phases`, `add:phases.0.home_exercises`, `remove:phases.0`, `up:reassessment.2`, `down:…`. What is to be
    added is picked in the field `add.<path>`. An order for what is not there does nothing.
    """
    verb, _colon, path = order.partition(":")
    act = {"add": _add, "remove": _remove, "up": _up, "down": _down}.get(verb)
    return act(body, path, post) if act else ""


def _new_row(kind: str, picked: str) -> Body | None:
    if kind == "phases":
        return new_phase()
    if kind == "goal_templates":
        return {"id": "", "template": "", "measure": "", "benefit": "", "target": {"kind": "absolute"}}
    if not picked:
        return None
    return {
        "reassessment": {"measure": picked, "weeks": [0], "required": True},
        "clinic_modalities": {
            "modality": picked,
            "parameters": {},
            "regions": [],
            "note": "",
            "optional": False,
        },
        "home_exercises": {"exercise": picked, "dosage": {}, "note": "", "optional": False},
    }[kind]


def _add(body: Body, path: str, post: QueryDict) -> str:
    above, _dot, kind = path.rpartition(".")
    holder = _at(body, above) if above else body
    if kind not in ROWS or not isinstance(holder, dict) or not isinstance(holder.get(kind), list):
        return ""
    row = _new_row(kind, _text(post, f"add.{path}"))
    if row is None:
        return f"add.{path}"
    holder[kind].append(row)
    return f"{path}.{len(holder[kind]) - 1}"


def _remove(body: Body, path: str, _post: QueryDict) -> str:
    rows, place = _row(body, path)
    if rows is None:
        return ""
    del rows[place]
    return path.rpartition(".")[0]


def _shift(by: int) -> Callable[[Body, str, QueryDict], str]:
    def shift(body: Body, path: str, _post: QueryDict) -> str:
        rows, place = _row(body, path)
        if rows is None or not 0 <= place + by < len(rows):
            return path
        rows[place], rows[place + by] = rows[place + by], rows[place]
        return f"{path.rpartition('.')[0]}.{place + by}"

    return shift


_up, _down = _shift(-1), _shift(1)


def _row(body: Body, path: str) -> tuple[list[Body] | None, int]:
    """Return the list and the place of a row such as phases.0.home_exercises.1; (None, 0) when there is none."""
    above, _dot, told = path.rpartition(".")
    rows = _at(body, above)
    place = int(told) if told.isascii() and told.isdecimal() and len(told) < 4 else -1
    is_there = isinstance(rows, list) and above.rpartition(".")[2] in ROWS and 0 <= place < len(rows)
    return (rows, place) if is_there else (None, 0)


def _at(body: Any, path: str) -> Any:
    for step in path.split(".") if path else ():
        if isinstance(body, list) and step.isascii() and step.isdecimal() and len(step) < 4:
            body = body[int(step)] if int(step) < len(body) else None
        else:
            body = body.get(step) if isinstance(body, dict) else None
    return body
