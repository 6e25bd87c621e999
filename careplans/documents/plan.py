"""The care plan on paper, for the record: all that was signed, by whom, in spite of what, and the mark it is known by."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from careplans.documents import words
from careplans.documents.sheet import Facts, Values, sheet, standing, together
from careplans.documents.words import day_said, local
from careplans.services import wording

SHORT = 32  # characters that fit a line in large print

Kept = Mapping[str, Any]
GAS_LEVELS = (-2, -1, 0, 1, 2)  # goal attainment scaling: much less than expected … much more


def values(content: Mapping[str, Any], kept: Kept, facts: Facts, *, layout: str) -> Values:
    """Return the values of plan.typ, in the active language.

    `content` is the tree of a signed plan, `kept` the catalogue's text that was kept with it (`Reference.text_used`), `facts`
    what was true when it was printed. Names of treatments and rules are the catalogue's, in English.
    """
    title = _("Care plan, version %d") % content["version"]
    return {
        **sheet(content, facts, title=title, layout=layout),
        "notice": standing(facts["status"]),
        "about": _about(content, kept, facts),
        "goals_title": _("Goals"),
        "goals": [_goal(goal, kept) for goal in content["goals"]],
        "phases": _phases(content, kept, facts.get("stopped", {})),
        "none": "" if content["phases"] else _("This plan has no phases."),
        "spite_title": _("Signed in spite of"),
        "spite": _overrides(content, kept),
        "versions_title": _("Versions"),
        "versions": [_version(each, facts) for each in facts["versions"]],
        "signature": _("Signed by %(name)s on %(day)s")
        % {
            "name": facts["signer"],
            "day": words.moment_said(words.moment(content["signed_at"], facts["clinic"]["timezone"])),
        },
        "hash_title": _("SHA-256 of the signed content"),
        "hash": " ".join(
            content["content_sha256"][at : at + 8] for at in range(0, len(content["content_sha256"]), 8)
        ),
    }


def _about(content: Mapping[str, Any], kept: Kept, facts: Facts) -> list[tuple[str, str]]:
    protocol = kept.get("protocol")
    told = [
        (_("Diagnoses"), ", ".join(facts["diagnoses"])),
        (_("Protocol"), local(protocol["name"]) if protocol else _("None: built from nothing")),
        (_("At home, at most"), _limit(content.get("daily_minutes_max"))),
        (_("Starts"), day_said(content["start_date"]) if content["start_date"] else ""),
        (_("Why it was changed"), content["amend_reason"]),
    ]
    return [(label, text) for label, text in told if text]


def _limit(minutes: int | None) -> str:
    return ngettext("%d minute a day", "%d minutes a day", minutes) % minutes if minutes else ""


def _goal(goal: Mapping[str, Any], kept: Kept) -> Values:
    measure = kept["measures"].get(goal["measure"] or "")
    unit = measure["value"].get("unit") or "" if measure else ""
    way = [wording.number(goal[name]) for name in ("baseline", "target") if goal[name] is not None]
    told = [
        measure["name"] if measure else "",
        f"{' → '.join(way)} {unit}".strip() if way else "",
        _("by %s") % day_said(goal["due_on"]) if goal["due_on"] else "",
        _("weight %d") % goal["weight"] if goal.get("weight", 1) != 1 else "",
    ]
    levels = [
        f"{level:+d}: {text}".replace("-", "−", 1).replace("+0", "0")
        for level, text in zip(GAS_LEVELS, goal.get("gas") or (), strict=False)
        if text
    ]
    return {"text": goal["text"], "told": [part for part in told if part], "levels": levels}


# --- phases ------------------------------------------------------------------------------------------------------------
def _phases(content: Mapping[str, Any], kept: Kept, stopped: Mapping[str, str]) -> list[Values]:
    shown = []
    for place, phase in enumerate(content["phases"], start=1):
        weeks = phase["weeks"]
        shown.append(
            {
                "name": f"{place}. {phase['name']}",
                "weeks": ngettext("%s week", "%s weeks", 1 if weeks == 1 else 2) % wording.number(weeks),
                "told": [
                    (label, "; ".join(text.splitlines()))
                    for label, text in (
                        (_("Begins when"), phase["entry"]),
                        (_("Moves on when"), phase["progress_when"]),
                        (_("Teach"), _topics(phase["education"], kept)),
                    )
                    if text
                ],
                "clinic_title": _("In the clinic"),
                "clinic": [_treatment(item, kept) | _paused(item, stopped) for item in phase["clinic"]],
                "home_title": _("At home"),
                "home": [_exercise(item, kept) | _paused(item, stopped) for item in phase["home"]],
            }
        )
    return shown


def _topics(topics: Sequence[str], kept: Kept) -> str:
    return ", ".join(
        local(kept["education"][topic]["title"]) for topic in topics if topic in kept["education"]
    )


def _treatment(item: Mapping[str, Any], kept: Kept) -> Values:
    modality = kept["modalities"][item["modality"]]
    dose = [
        f"{local(each['label'])} {wording.parameter_value(each, item['dosage'][each['id']])}"
        for each in modality["parameters"]
        if each["id"] in item["dosage"]
    ]
    return {
        "name": local(modality["name"]),
        "where": ", ".join(kept["regions"].get(site, site) for site in item["sites"]),
        "dose": _parts(
            [
                *dose,
                _("%s min a visit") % wording.number(item["minutes"]),
                ngettext("%s visit a week", "%s visits a week", 1 if item["visits_per_week"] == 1 else 2)
                % wording.number(item["visits_per_week"]),
            ]
        ),
        "note": item["note"],
    }


def _exercise(item: Mapping[str, Any], kept: Kept) -> Values:
    entry = kept["exercises"][item["exercise"]]
    told = {"hold": item["hold_s"], "rest": item["rest_s"]}
    dose = [
        _("%(sets)d × %(reps)d") % item,
        _("hold %(hold)d s") % told if item["hold_s"] else "",
        _("rest %(rest)d s") % told if item["rest_s"] else "",
        wording.days(item["days_of_week"]),
        ", ".join(item["times"]),
        words.assistance(item.get("assistance") or ""),
    ]
    return {
        "name": local(entry["name"]),
        "where": words.side(item["side"], entry["laterality"]),
        "dose": _parts(dose),
        "note": item["note"],
    }


def _paused(item: Mapping[str, Any], stopped: Mapping[str, str]) -> Values:
    """Say that an item is paused, and why; `stopped` gives why by the id of the item."""
    why = stopped.get(item["id"])
    if why is None:
        return {"paused": ""}
    return {"paused": _("Paused: %s") % why if why else _("Paused")}


def _parts(texts: Sequence[str]) -> list[str]:
    """Return the parts of a dose; a line ends between two of them and not inside a short one."""
    return [together(text) if len(text) <= SHORT else text for text in texts if text]


# --- what it was signed in spite of --------------------------------------------------------------------------------------
def _overrides(content: Mapping[str, Any], kept: Kept) -> list[Values]:
    """Return each rule that the plan was signed in spite of: its words, for which items, and why or by whose clearance."""
    names = {
        item["id"]: local(kept[shelf][item[key]]["name"])
        for phase in content["phases"]
        for kind, shelf, key in (("clinic", "modalities", "modality"), ("home", "exercises", "exercise"))
        for item in phase[kind]
    }
    lines: dict[str, Values] = {}
    for finding in content["findings"]:
        why = content["overrides"].get(finding["rule"], "")
        line = lines.setdefault(
            finding["rule"],
            {"rule": finding["rule"], "message": finding["message"], "items": [], **_why(why)},
        )
        line["items"].append(names.get(finding["prescription"], ""))
    return [line | {"items": ", ".join(dict.fromkeys(line["items"]))} for line in lines.values()]


def _why(why: Any) -> Values:
    if not isinstance(why, Mapping):
        return {"label": _("Reason given:"), "why": str(why)}
    told = {"doctor": why.get("doctor", ""), "day": day_said(why["date"]) if why.get("date") else ""}
    return {"label": _("Cleared by %(doctor)s on %(day)s:") % told, "why": why.get("note", "")}


def _version(each: Mapping[str, Any], facts: Facts) -> Values:
    signed = words.moment(each["signed_at"], facts["clinic"]["timezone"])
    return {
        "number": str(each["version"]),
        "signed": f"{words.moment_said(signed)}, {each['signer']}",
        "why": each["why"],
    }
