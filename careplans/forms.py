"""The builder's one form, read into the same tree that the API takes; and what is typed beside it to sign.

Field names are paths into the tree: `phases-0-clinic-1-dosage-frequency`, `goals-2-text`. What cannot be read as what it
should be stays as it was typed: the service refuses it at its field, and the page shows it again.
"""

import re
from collections.abc import Callable, Container, Iterable, Mapping
from typing import Any

from django.http import QueryDict

from careplans.drafting import side_of
from careplans.goals import is_unfinished, levels
from careplans.safety import CLEARANCE_FIELDS, OVERRIDE_LENGTH
from careplans.services.reference import Reference
from careplans.services.wording import region
from catalogue.wording import unit_said
from clinic.numbers import read_number

Body = dict[str, Any]

DIGITS = 4  # of a place in a list
COUNTS = ("sets", "reps", "hold_s", "rest_s")
UNITS = {
    "minutes": ("min",),
    "hold_s": ("s",),
    "rest_s": ("s",),
    "weeks": ("weeks",),
}  # that may be typed too
TEXTS = {
    "phases": ("name", "entry", "progress_when"),
    "clinic": ("modality", "note", "status"),
    "home": ("exercise", "side", "assistance", "note", "status"),
    "goals": ("text", "measure", "due_on", "benefit"),
}


def _said(post: QueryDict, name: str) -> str:
    return str(post.get(name, ""))


# --- the tree --------------------------------------------------------------------------------------------------------
def read_tree(post: QueryDict, reference: Reference) -> Body:
    """Return the tree that the builder's form holds."""
    body: Body = {
        "goals": [goal for prefix in _rows(post, "goals") if (goal := _goal(post, prefix))],
        "phases": [_phase(post, prefix, reference) for prefix in _rows(post, "phases")],
    }
    if "start_date" in post:
        body["start_date"] = _said(post, "start_date").strip() or None
    if "daily_minutes_max" in post:
        typed = _said(post, "daily_minutes_max").strip()
        body["daily_minutes_max"] = read_number(typed, "min") if typed else None
    return body


def _rows(post: QueryDict, stem: str) -> list[str]:
    """Return the prefixes of the rows of one list, in the order of their numbers: phases-0, phases-2 …"""
    pattern = re.compile(rf"{re.escape(stem)}-([0-9]{{1,4}})-")
    numbers = {int(found[1]) for key in post if (found := pattern.match(key))}
    return [f"{stem}-{number}" for number in sorted(numbers)]


def _phase(post: QueryDict, prefix: str, reference: Reference) -> Body:
    return {
        **_texts(post, prefix, TEXTS["phases"]),
        **_numbers(post, prefix, ["weeks"]),
        **_id(post, prefix),
        "education": [topic for topic in post.getlist(f"{prefix}-education") if topic],
        "clinic": [_clinic_item(post, row, reference) for row in _rows(post, f"{prefix}-clinic")],
        "home": [_home_item(post, row) for row in _rows(post, f"{prefix}-home")],
    }


def _clinic_item(post: QueryDict, prefix: str, reference: Reference) -> Body:
    modality = reference.modalities.get(_said(post, f"{prefix}-modality"), {"parameters": []})
    dosage = {}
    for parameter in modality["parameters"]:
        typed = _said(post, f"{prefix}-dosage-{parameter['id']}").strip()
        if typed:  # left empty: the default
            dosage[parameter["id"]] = _of_parameter(parameter, typed)
    return {
        **_id(post, prefix),
        **_texts(post, prefix, TEXTS["clinic"]),
        **_numbers(post, prefix, ["minutes", "visits_per_week"]),
        "sites": [_region(typed, reference) for typed in post.getlist(f"{prefix}-sites") if typed.strip()],
        "dosage": dosage,
    }


def _home_item(post: QueryDict, prefix: str) -> Body:
    item = {**_id(post, prefix), **_texts(post, prefix, TEXTS["home"]), **_numbers(post, prefix, COUNTS)}
    item["side"] = item.get("side") or None
    if days := post.getlist(f"{prefix}-days_of_week"):
        item["days_of_week"] = [read_number(day) for day in days]
    if f"{prefix}-times" in post:
        item["times"] = [clock.strip()[:5] for clock in post.getlist(f"{prefix}-times") if clock.strip()]
    if f"{prefix}-has_days" in post:  # none ticked is an answer too, and a wrong one
        item.setdefault("days_of_week", [])
    return item


def _goal(post: QueryDict, prefix: str) -> Body:
    goal = {**_id(post, prefix), **_texts(post, prefix, TEXTS["goals"])}
    for name in ("measure", "due_on"):
        goal[name] = goal.get(name) or None
    for name in ("baseline", "target"):
        typed = _said(post, f"{prefix}-{name}").strip()
        goal[name] = read_number(typed) if typed else None
    levels = [_plain_breaks(level) for level in post.getlist(f"{prefix}-gas")]
    goal["gas"] = levels if any(levels) else []
    if not any(goal.values()):
        return {}
    return {**goal, **_numbers(post, prefix, ["weight"])}


def _id(post: QueryDict, prefix: str) -> Body:
    told = _said(post, f"{prefix}-id")
    return {"id": told} if told else {}


def _texts(post: QueryDict, prefix: str, names: Iterable[str]) -> Body:
    keys = {name: f"{prefix}-{name}" for name in names}
    return {name: _plain_breaks(_said(post, key)) for name, key in keys.items() if key in post}


def _numbers(post: QueryDict, prefix: str, names: Iterable[str]) -> Body:
    typed = {name: _said(post, f"{prefix}-{name}").strip() for name in names}
    return {name: read_number(text, *UNITS.get(name, ())) for name, text in typed.items() if text}


def _of_parameter(parameter: Mapping[str, Any], typed: str) -> int | float | str:
    if parameter["type"] != "number":
        return typed
    return read_number(typed, parameter["unit"], unit_said(parameter["unit"]))


def _region(typed: str, reference: Reference) -> str:
    """Return the id of a region from its id or its name, "Left calf"; else what was typed."""
    told = typed.strip()
    return region_ids(reference).get(told.lower(), told)


def region_ids(reference: Reference) -> Mapping[str, str]:
    """Return the id of every region of the chart by its name in small letters."""
    body = reference.body
    return {
        name: spot
        for spot in (*body.regions, *body.chart)
        for name in (spot, region(spot, reference).lower())
    }


def _plain_breaks(text: str) -> str:
    return text.replace("\r\n", "\n").strip()


# --- adding and taking away, for browsers without script too ------------------------------------------------------------
def carry_out(body: Body, order: str, reference: Reference) -> str:
    """Do to the tree what a button says, and return the prefix of what the eye should go to ("" for nothing).

    Orders: `add-phase`, `add-goal`, `add-clinic:phases-0:<modality>`, `add-home:phases-0:<exercise>`,
    `remove:phases-0-clinic-1`, `up:phases-0-home-2`, `down:…`, `move:phases-0-home-2:0` to a place among its like,
    `move:phases-0-home-2:phases-1` to the end of another phase, `levels:goals-0` for the levels that follow from now and
    target. A row is named by its prefix or, so that it is the same one wherever it stands by then, by its id. An order for
    what is not there does nothing.
    """
    verb, _colon, rest = order.partition(":")
    prefixes = _prefixes(body)
    prefix, what = (prefixes.get(told, told) for told in (rest.partition(":")[0], rest.partition(":")[2]))
    act = _ORDERS.get(verb)
    return act(body, prefix, what, reference) if act else ""


def pick_of(order: str) -> tuple[str, int] | None:
    """Return ("home", 3) for `pick-home:phases-2`: what kind of item is to be chosen, and for the phase of which number."""
    found = re.fullmatch(r"pick-(clinic|home):phases-([0-9]{1,4})", order)
    return (found[1], int(found[2]) + 1) if found else None


Order = Callable[[Body, str, str, Reference], str]


def _add_phase(body: Body, _prefix: str, _what: str, _reference: Reference) -> str:
    body["phases"].append({"clinic": [], "home": []})
    return f"phases-{len(body['phases']) - 1}"


def _add_goal(body: Body, _prefix: str, _what: str, _reference: Reference) -> str:
    body["goals"].append({})
    return f"goals-{len(body['goals']) - 1}"


def _add_item(kind: str, names: str) -> Order:
    def add(body: Body, prefix: str, what: str, reference: Reference) -> str:
        rows, place = _find(body, prefix)
        if rows is not body["phases"] or not what:
            return ""
        rows[place][kind].append({names: what, **_usual(body, what, reference)})
        return f"{prefix}-{kind}-{len(rows[place][kind]) - 1}"

    return add


def _usual(body: Body, what: str, reference: Reference) -> Body:
    """Return what an exercise begins with beside its dose: the side that the others are for, a helper where it needs one."""
    exercise = reference.exercises.get(what)
    if exercise is None:
        return {}
    side = side_of(body) if exercise["laterality"] == "per-side" else None
    return {"side": side, "assistance": "by-carer" if exercise["helper_needed"] else ""}


def _remove(body: Body, prefix: str, _what: str, _reference: Reference) -> str:
    rows, place = _find(body, prefix)
    if rows is not None:
        del rows[place]
    return ""


def _shift(by: int) -> Order:
    def shift(body: Body, prefix: str, _what: str, reference: Reference) -> str:
        place = prefix.rpartition("-")[2]
        return _move(body, prefix, str(_place(place) + by), reference)

    return shift


def _move(body: Body, prefix: str, what: str, _reference: Reference) -> str:
    rows, place = _find(body, prefix)
    stem = prefix.rpartition("-")[0]
    if rows is None:
        return prefix
    if 0 <= (wanted := _place(what)) < len(rows):
        rows.insert(wanted, rows.pop(place))
        return f"{stem}-{wanted}"
    phases, there = _find(body, what)
    kind = stem.rpartition("-")[2]
    if phases is None or kind not in ("clinic", "home") or phases is not body["phases"]:
        return prefix
    phases[there][kind].append(rows.pop(place))
    return f"{what}-{kind}-{len(phases[there][kind]) - 1}"


def _finish_goals(body: Body, _prefix: str, _what: str, _reference: Reference) -> str:
    body["goals"] = [goal for goal in body["goals"] if not is_unfinished(goal.get("text", ""))]
    return "goals"


def _levels(body: Body, prefix: str, _what: str, reference: Reference) -> str:
    rows, place = _find(body, prefix)
    if rows is None:
        return ""
    measure = reference.measures.get(rows[place].get("measure"), {"value": {}})
    baseline, target = (_of_measure(measure, rows[place].get(name)) for name in ("baseline", "target"))
    rows[place]["gas"] = levels(baseline, target, measure["value"]) or rows[place].get("gas", [])
    return f"{prefix}-levels"


def _of_measure(measure: Mapping[str, Any], given: Any) -> Any:
    """Return the choice of a measure that was typed, or the value as it is."""
    return next((each for each in measure["value"].get("choices", ()) if str(each) == str(given)), given)


def _prefixes(body: Body) -> dict[str, str]:
    """Return the prefix of every row that has an id, by that id."""
    lists = {"goals": body["goals"], "phases": body["phases"]}
    for place, phase in enumerate(body["phases"]):
        lists |= {f"phases-{place}-{kind}": phase[kind] for kind in ("clinic", "home")}
    return {
        row["id"]: f"{stem}-{n}"
        for stem, rows in lists.items()
        for n, row in enumerate(rows)
        if row.get("id")
    }


def has_blank_goal(post: QueryDict, order: str) -> bool:
    """Tell whether the page shows a goal in which nothing stands yet, and that `order` does not take away."""
    return any(
        not _said(post, f"{prefix}-id") and not _goal(post, prefix)
        for prefix in _rows(post, "goals")
        if order != f"remove:{prefix}"
    )


def _place(told: str) -> int:
    """Return a place in a list; -1 for what is none."""
    return int(told) if told.isdecimal() and len(told) <= DIGITS else -1


def _find(body: Body, prefix: str) -> tuple[list[Body] | None, int]:
    """Return the list and the place that a prefix such as phases-0-clinic-1 leads to; (None, 0) when there is none."""
    steps = prefix.split("-")
    rows: Any = body
    found: list[Body] | None = None
    place = 0
    for name, told in zip(steps[::2], steps[1::2], strict=False):
        rows = (rows if isinstance(rows, dict) else {}).get(name)
        place = _place(told)
        if len(steps) % 2 or not isinstance(rows, list) or not 0 <= place < len(rows):
            return None, 0
        found, rows = rows, rows[place]
    return found, place


_ORDERS: dict[str, Order] = {
    "add-phase": _add_phase,
    "add-goal": _add_goal,
    "add-clinic": _add_item("clinic", "modality"),
    "add-home": _add_item("home", "exercise"),
    "remove": _remove,
    "up": _shift(-1),
    "down": _shift(1),
    "move": _move,
    "levels": _levels,
    "finish-goals": _finish_goals,
}


# --- signing ---------------------------------------------------------------------------------------------------------
def read_overrides(post: QueryDict, rules: Container[str]) -> dict[str, Any]:
    """Return the reasons (`why-<rule>`) and medical clearances (`clearance-<rule>-doctor` …) that are filled in."""
    overrides: dict[str, Any] = {}
    for key in post:
        typed = _said(post, key).replace("\0", "").strip()[:OVERRIDE_LENGTH]
        if typed and key.startswith("why-") and (rule := key.removeprefix("why-")) in rules:
            overrides[rule] = typed
        for part in CLEARANCE_FIELDS:
            rule = key.removeprefix("clearance-").removesuffix(f"-{part}")
            if typed and key == f"clearance-{rule}-{part}" and rule in rules:
                if not isinstance(overrides.get(rule), dict):  # a clearance says more than a reason
                    overrides[rule] = {}
                overrides[rule][part] = typed
    return overrides


def read_answers(post: QueryDict, reference: Reference) -> dict[str, Any]:
    """Return the safety questions answered in the panel, as the safety screen takes them."""
    said = {"yes": True, "no": False, "unsure": None}
    answers = {}
    for key in post:
        flag = key.removeprefix("answer-")
        if key == f"answer-{flag}" and flag in reference.known.flags and _said(post, key) in said:
            places = [_region(typed, reference) for typed in post.getlist(f"where-{flag}") if typed.strip()]
            present = said[_said(post, key)]
            answers[flag] = {"present": present, "regions": places} if present else {"present": present}
    return answers


def typed_answers(post: QueryDict) -> dict[str, dict[str, str]]:
    """Return what is ticked and written beside each safety question, to show it again."""
    flags = [key.removeprefix("answer-") for key in post if key.startswith("answer-")]
    return {
        flag: {"said": _said(post, f"answer-{flag}"), "where": _said(post, f"where-{flag}")} for flag in flags
    }
