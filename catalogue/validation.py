"""Whether the shipped knowledge hangs together: what must hold between entries, once each has its shape (schema.py).

`problems` answers every fault with its place, and never raises. Exercises and protocols are judged in programmes.py,
because a clinic's own are judged by the same checks.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from itertools import pairwise
from typing import Any

from catalogue import schema
from catalogue.programmes import Entry, Index, exercise_faults, harder_round, protocol_faults
from catalogue.reading import Content
from catalogue.shapes import LANGUAGES, PLACEHOLDER, Place, Problem, Problems, rising


def index(content: Content) -> Index:
    """Return every entry by kind and id, whatever its shape; `conditions` are families and subtypes together."""
    found: Index = {kind: _by_id(value) for kind, value in content.items() if isinstance(value, list)}
    for kind in schema.CATALOGUE:
        found.setdefault(kind, {})
    found["subtypes"] = {}
    for family_id, family in found["families"].items():
        subtypes = family.get("subtypes")
        for subtype_id, subtype in _by_id(subtypes if isinstance(subtypes, list) else []).items():
            found["subtypes"].setdefault(subtype_id, {**subtype, "family": family_id})
    found["conditions"] = {**found["subtypes"], **found["families"]}
    return found


def _by_id(entries: Iterable[Any]) -> dict[str, Any]:
    pairs = ((item.get("id") if isinstance(item, dict) else item, item) for item in entries)
    return {key: item for key, item in pairs if isinstance(key, str)}


def problems(content: Content) -> list[Problem]:
    """Return everything that is wrong with the shipped content, in the order of the files; [] when it may be loaded.

    Shapes come first: only when every entry has its own is it asked what holds between them.
    """
    known = index(content)
    return list(_shapes(content, known)) or list(_meaning(content, known))


def _shapes(content: Content, known: Index) -> Problems:
    for kind, shape in schema.CATALOGUE.items():
        if kind not in content:
            yield Problem(Place() / kind, "no file has this list")
        else:
            yield from shape(content[kind], Place() / kind, known)
    for kind in content.keys() - schema.CATALOGUE.keys():
        yield Problem(Place() / kind, "this is no list of the catalogue")


def _meaning(content: Content, known: Index) -> Problems:
    yield from _prose(content, Place())
    yield from _body(content, known)
    yield from _vocabulary(content)
    checks = {
        "families": _family,
        "modalities": _modality,
        "red_flags": _red_flag,
        "measures": _measure,
        "exercises": _exercise,
        "protocols": _protocol,
    }
    for kind, check in checks.items():
        for entry in content[kind]:
            yield from check(entry, (Place() / kind / entry["id"]).of(entry), known)
    yield from _rules(content["rules"], known)
    yield from _unused(content, known)


# --- the writing -------------------------------------------------------------------------------------------------------
def _prose(node: Any, place: Place) -> Problems:
    """No doubled space, no address and no path of somebody's machine in any text."""
    place = place.of(node)
    if isinstance(node, dict):
        for key, value in node.items():
            yield from _prose(value, place / key)
    elif isinstance(node, list):
        for position, value in enumerate(node):
            entry = isinstance(value, dict) and "id" in value
            yield from _prose(value, place / (value["id"] if entry else position))
    elif isinstance(node, str):
        if "  " in node.strip():
            yield Problem(place, "a doubled space")
        if "://" in node or re.search(r"(^|\s)/(home|root|tmp|usr|work)\b", node):
            yield Problem(place, "an address or a path in the text")


def _vocabulary(content: Content) -> Problems:
    place = Place() / "vocabulary"
    if len(content["benefits"]) != 5:
        yield Problem(place / "benefits", "there are five benefits")
    if content["languages"] != list(LANGUAGES):
        yield Problem(place / "languages", f"the languages are {', '.join(LANGUAGES)}")
    seen = set()
    for row in content["joint_reference"]:
        here = (Place() / "joint_reference" / row["joint"] / row["motion"]).of(row)
        if (row["joint"], row["motion"]) in seen:
            yield Problem(here, "this motion is listed twice")
        seen.add((row["joint"], row["motion"]))
        yield from rising([row["min"], row["normal"], row["max"]], here)
    joints = {row["joint"] for row in content["joint_reference"]}
    dermatomes = {entry["id"] for entry in content["dermatomes"]}
    for row in content["usual_sites"]["items"]:
        here = (Place() / "usual_sites" / row["measure"] / row["site"]).of(row)
        motion = row.get("motion")
        if motion and (row["site"], motion) not in seen:
            yield Problem(here, "there is no such motion of this joint")
        elif not motion and row["site"] not in {*content["muscle_groups"], *joints, *dermatomes}:
            yield Problem(here, "there is no such muscle group, joint or dermatome")
    marks = {entry["id"] for entry in content["advice_placeholders"]}
    for advice in content["patient_advice"]:
        for mark in PLACEHOLDER.findall(advice["text"]["en"]):
            if mark.strip("{}") not in marks:
                here = (Place() / "patient_advice" / advice["id"]).of(advice)
                yield Problem(here, f"unknown placeholder {mark}")


# --- the body ----------------------------------------------------------------------------------------------------------
def _body(content: Content, known: Index) -> Problems:
    place = Place() / "body"
    trunk, regions = content["trunk"], known["body_regions"]
    on_limbs = [region for limb in content["limbs"] for step in limb["steps"] for region in step]
    places = Counter([*on_limbs, *trunk, "head", "face"])
    for region in regions:
        if places[region] != 1:
            yield Problem(
                place / region, "a region is on one step of one limb, or on the trunk, or head or face"
            )
    for limb in content["limbs"]:
        for region in set(limb["through"]) - set(trunk):
            yield Problem(place / limb["id"], f"{region} is no region of the trunk")
    pairs = {frozenset(pair) for pair in content["touching"]}
    if len(pairs) < len(content["touching"]):
        yield Problem(place / "touching", "a pair is listed twice")
    for region in regions:
        if not any(region in pair for pair in pairs):
            yield Problem(place / "touching", f"{region} touches nothing")
    for limb in content["limbs"]:
        for near, far in pairwise(limb["steps"]):
            for region in far:
                if not any(frozenset((region, other)) in pairs for other in near):
                    yield Problem(place / "touching", f"{region} touches nothing one step nearer the trunk")
    yield from _chart(content["chart_regions"], known)


def _chart(spots: list[Entry], known: Index) -> Problems:
    for spot in spots:
        place = (Place() / "chart_regions" / spot["id"]).of(spot)
        named = next((side for side in ("left", "right") if spot["id"].startswith(f"{side}-")), "midline")
        if named != spot["side"]:
            yield Problem(place, "the id and the side disagree")
        elif named != "midline":
            other = "right" if named == "left" else "left"
            twin = known["chart_regions"].get(other + spot["id"].removeprefix(named), {})
            if (twin.get("region"), twin.get("girdle")) != (spot["region"], spot.get("girdle")):
                yield Problem(place, f"has no matching region on the {other}")
    for region in known["body_regions"].keys() - {spot["region"] for spot in spots} - {"perineum"}:
        yield Problem(Place() / "chart_regions", f"the chart has nothing for {region}")


# --- techniques --------------------------------------------------------------------------------------------------------
def _modality(entry: Entry, place: Place, known: Index) -> Problems:
    longest = entry["session_minutes"]["max"]
    for parameter in entry["parameters"]:
        here = (place / "parameters" / parameter["id"]).of(parameter)
        yield from (_choice if parameter["type"] == "choice" else _range)(parameter, here)
        timed = parameter["id"] == "duration" and parameter.get("unit") == "min"
        if timed and entry["group"] in ("electrical", "heat", "cold") and longest < parameter["max"]:
            yield Problem(here, f"a session of {longest} min cannot hold {parameter['max']} min of treatment")


def _choice(parameter: Entry, place: Place) -> Problems:
    if parameter["default"] not in parameter["choices"]:
        yield Problem(place, "the default is not among the choices")
    for choice in parameter.get("choice_tags", {}).keys() - set(parameter["choices"]):
        yield Problem(place, f"choice_tags names {choice!r}, which is no choice")


def _range(parameter: Entry, place: Place) -> Problems:
    yield from rising([parameter[key] for key in ("min", "usual_min", "default", "usual_max", "max")], place)
    steps = (parameter["default"] - parameter["min"]) / parameter["step"]
    if abs(steps - round(steps)) > 1e-6:
        yield Problem(
            place, f"the default is not on the steps of {parameter['step']} from {parameter['min']}"
        )


# --- conditions --------------------------------------------------------------------------------------------------------
def _family(entry: Entry, place: Place, known: Index) -> Problems:
    for red_flag in entry["red_flags"]:
        if not {"all", entry["id"]} & set(known["red_flags"][red_flag]["applies_to"]):
            yield Problem(place / "red_flags", f"{red_flag} does not apply to this family")
    choices = {q["id"]: [str(choice) for choice in q.get("choices", [])] for q in entry.get("qualifiers", [])}
    for derived in entry.get("derived_flags", []):
        yield from _derived(derived, (place / "derived_flags" / derived["id"]).of(derived), choices)
    for subtype in entry["subtypes"]:
        here = (place / subtype["id"]).of(subtype)
        if known["subtypes"][subtype["id"]]["family"] != entry["id"] or subtype["id"] in known["families"]:
            yield Problem(here, "another condition has this id")
        for key, qualifier in (("ais", "ais-grade"), ("levels", "neurological-level")):
            for value in set(subtype.get(key, [])) - set(choices.get(qualifier, subtype.get(key, []))):
                yield Problem(here / key, f"{value!r} is no choice of {qualifier}")
        covered = any(subtype["id"] in protocol["subtypes"] for protocol in known["protocols"].values())
        if not covered and "no_starter_protocol" not in subtype:
            yield Problem(here, "has no protocol, and no_starter_protocol does not say why")
    if sum(protocol["family"] == entry["id"] for protocol in known["protocols"].values()) < 2:
        yield Problem(place, "needs at least two protocols")


DERIVED_FROM = {
    "level_at_or_above": "neurological-level",
    "level_any": "neurological-level",
    "ais_any": "ais-grade",
    "walks_any": "walks",
    "spinal_stability_any": "spinal-stability",
}


def _derived(derived: Entry, place: Place, choices: Mapping[str, list[str]]) -> Problems:
    for key, qualifier in DERIVED_FROM.items():
        wanted = derived["when"].get(key, [])
        for value in [wanted] if isinstance(wanted, str) else wanted:
            if value not in choices.get(qualifier, []):
                yield Problem(place / key, f"{value!r} is no choice of {qualifier}")


# --- flags and rules -----------------------------------------------------------------------------------------------------
def _rules(rules: list[Entry], known: Index) -> Problems:
    carried = tags_of_modalities(known)
    triggers: dict[str, str] = {}
    for rule in rules:
        place = (Place() / "rules" / rule["id"]).of(rule)
        yield from _rule(rule, place, known)
        about = rule_modalities(rule, known["modalities"])
        tags = set(rule.get("exercise_tags", ()))
        if tags and not any(tags & carried[modality] for modality in about):
            yield Problem(place, "no exercise or clinic item of these modalities has one of the tags")
        said = ("id", "message", "source", "severity", "override")
        trigger = repr(sorted((key, repr(value)) for key, value in rule.items() if key not in said))
        if trigger in triggers:
            yield Problem(place, f"has the same trigger as {triggers[trigger]}")
        triggers[trigger] = rule["id"]


def rule_modalities(rule: Entry, modalities: Mapping[str, Entry]) -> set[str]:
    """Return the ids of the techniques that a rule is about: those named and those of its groups, less the exceptions."""
    groups = set(rule.get("modality_groups", ()))
    of_groups = {key for key, m in modalities.items() if groups & {m["group"], *m.get("also_groups", ())}}
    return (of_groups | set(rule.get("modalities", ()))) - set(rule.get("except_modalities", ()))


def _rule(rule: Entry, place: Place, known: Index) -> Problems:
    when = rule["when"]
    about = rule_modalities(rule, known["modalities"])
    techniques = [known["modalities"][key] for key in about]
    if not about:
        yield Problem(place, "names no modality and no modality group")
    for key in set(rule.get("except_modalities", ())):
        if key not in rule_modalities({**rule, "except_modalities": []}, known["modalities"]):
            yield Problem(place, f"leaves out {key}, which it is not about")
    if rule["severity"] == "block" and rule["override"] == "with-reason":
        yield Problem(place, "a block is not overridden by a reason alone")
    if rule["severity"] == "warn" and rule["override"] != "with-reason":
        yield Problem(place, "a warning is overridden with-reason")
    if len(rule["message"]) < 15:
        yield Problem(place / "message", "say it in at least 15 characters")
    if not when:
        yield Problem(place / "when", "says nothing, so it would always fire")
    about_patient = {"flags_any", "flags_all", "conditions_any", "age_below", "age_above"} & when.keys()
    if when and not about_patient and rule["severity"] == "block" and "regions_any" not in when:
        yield Problem(place, "blocks every patient")
    if "settings_any" in when and not any(set(when["settings_any"]) & set(t["settings"]) for t in techniques):
        yield Problem(place, "none of its modalities is used in that setting")
    yield from _scope(when, place, known)
    if "parameter" in when:
        yield from _limit(when["parameter"], techniques, place / "parameter")


def _scope(when: Entry, place: Place, known: Index) -> Problems:
    if when.get("scope") == "anywhere":
        yield Problem(place / "scope", "anywhere is meant when it is left out")
    for key in {"scope", "flag_regions_any"} & when.keys():
        if "flags_any" not in when:
            yield Problem(place / key, "needs flags_any")
        for flag in when.get("flags_any", ()):
            if not known["flags"][flag]["needs_region"]:
                yield Problem(place / key, f"the flag {flag} has no region")


def _limit(limit: Entry, techniques: list[Entry], place: Place) -> Problems:
    having = [p for t in techniques for p in t["parameters"] if p["id"] == limit["id"]]
    if not having:
        yield Problem(place, f"none of its modalities has a parameter {limit['id']}")
        return
    for edge in (limit[key] for key in ("gt", "lt") if key in limit):
        if not any(p["type"] == "number" and p["min"] <= edge <= p["max"] for p in having):
            yield Problem(place, f"{edge} lies outside the range: the rule always or never fires")
    for value in limit.get("in", ()):
        if not any(value in p.get("choices", ()) for p in having):
            yield Problem(place, f"{value!r} is no choice of {limit['id']}")


def tags_of_modalities(known: Index) -> dict[str, set[str]]:
    """Return for each modality the tags that its items can carry: its own, of its choices, of its exercises."""
    tags = {key: set(modality.get("tags", ())) for key, modality in known["modalities"].items()}
    for key, modality in known["modalities"].items():
        for parameter in modality["parameters"]:
            tags[key].update(*parameter.get("choice_tags", {}).values())
    for exercise in known["exercises"].values():
        tags[exercise["modality"]].update(exercise["tags"])
    return tags


# --- red flags and measures ----------------------------------------------------------------------------------------------
def _red_flag(entry: Entry, place: Place, known: Index) -> Problems:
    advice, urgency = entry["patient_advice"], entry["urgency"]
    if urgency == "emergency-now" and advice in ("within-week", "same-day-doctor"):
        yield Problem(place / "patient_advice", "is weaker than the urgency")
    if urgency == "within-week" and advice.startswith("emergency"):
        yield Problem(place / "patient_advice", "is stronger than the urgency")


def _measure(entry: Entry, place: Place, known: Index) -> Problems:
    value = entry["value"]
    kind = value["type"]
    if kind == "choice":
        if "choices" not in value:
            yield Problem(place / "value", "a choice needs choices")
    elif missing := [key for key in ("unit", "min", "max", "step") if key not in value]:
        yield Problem(place / "value", f"needs {', '.join(missing)}")
    else:
        yield from _scale(entry, place, kind)
    if kind == "computed" and "formula" not in entry:
        yield Problem(place, "a computed value needs a formula")
    low, high = value.get("min"), value.get("max")
    bands = entry.get("bands", [])
    for band in bands:
        yield from rising(
            [band["from"] if low is None else low, band["from"], band["to"]], place / "bands" / band["label"]
        )
        if high is not None and band["to"] > high:
            yield Problem(place / "bands" / band["label"], "goes beyond the scale")
    if any(after["from"] <= before["to"] for before, after in pairwise(bands)):
        yield Problem(place / "bands", "bands overlap")


def _scale(entry: Entry, place: Place, kind: str) -> Problems:
    value = entry["value"]
    if value["min"] >= value["max"]:
        yield Problem(place / "value", "min is not below max")
    if kind == "integer" and any(value[key] != int(value[key]) for key in ("min", "max", "step")):
        yield Problem(place / "value", "an integer has whole min, max and step")
    for key in ("mcid", "mdc"):
        for change in entry["meaningful_change"][key]:
            if change["kind"] == "absolute" and change["amount"] > value["max"] - value["min"]:
                yield Problem(place / key, f"{change['amount']} is more than the whole scale")


# --- exercises and protocols: what only ours must keep --------------------------------------------------------------------
def _exercise(entry: Entry, place: Place, known: Index) -> Problems:
    yield from exercise_faults(entry, place, known)
    steps = entry["steps"]["en"]
    if not 3 <= len(steps) <= 7:
        yield Problem(place / "steps", "tell it in 3 to 7 steps")
    for step in steps:
        if len(step.split()) > 22:
            yield Problem(place / "steps", f"too long for easy reading: {step!r}")
    if entry["easier"] == entry["id"]:
        yield Problem(place / "easier", "points to itself")
    if way := harder_round(entry["id"], entry, known):
        yield Problem(place / "harder", f"the harder exercises go round: {' > '.join(way)}")


def _protocol(entry: Entry, place: Place, known: Index) -> Problems:
    yield from protocol_faults(entry, place, known)
    for phase in entry["phases"]:
        here = (place / "phases" / phase["id"]).of(phase)
        for key in ("entry_criteria", "progression_criteria", "hold_or_stop_criteria", "education"):
            if not phase[key]:
                yield Problem(here / key, "is empty")
        if not phase["clinic_modalities"] or not 3 <= len(phase["home_exercises"]) <= 8:
            yield Problem(here, "a phase has clinic treatments, and 3 to 8 home exercises")
    if len({goal["benefit"] for goal in entry["goal_templates"]}) < 2:
        yield Problem(place / "goal_templates", "goals of at least two benefits are needed")


# --- nothing lies about unused -------------------------------------------------------------------------------------------
def _unused(content: Content, known: Index) -> Problems:
    rest = {key: value for key, value in content.items() if key != "sources"}
    cited = set(re.findall(r"[a-z0-9-]+", " ".join(_texts(rest))))
    for source in content["sources"]:
        if source["id"] not in cited:
            yield Problem((Place() / "sources" / source["id"]).of(source), "nothing cites this source")
    asked = {
        flag
        for rule in content["rules"]
        for key in ("flags_any", "flags_all")
        for flag in rule["when"].get(key, ())
    }
    for flag in content["flags"]:
        if flag["id"] not in asked:
            yield Problem((Place() / "flags" / flag["id"]).of(flag), "no rule uses this flag")
    advice = {entry["patient_advice"] for entry in content["red_flags"]}
    for entry in content["patient_advice"]:
        if entry["id"] not in advice:
            place = (Place() / "patient_advice" / entry["id"]).of(entry)
            yield Problem(place, "no red flag uses this advice")
    taught = {topic for p in content["protocols"] for phase in p["phases"] for topic in phase["education"]}
    for topic in content["education_topics"]:
        if topic["id"] not in taught:
            place = (Place() / "education_topics" / topic["id"]).of(topic)
            yield Problem(place, "no protocol uses this topic")
    measured = Counter(benefit for measure in content["measures"] for benefit in measure["benefits"])
    for benefit in known["benefits"]:
        if measured[benefit] < 3:
            yield Problem(Place() / "measures", f"fewer than three measure {benefit}")


def _texts(node: Any) -> Iterator[str]:
    if isinstance(node, str):
        yield node
    elif isinstance(node, dict | list):
        for value in node.values() if isinstance(node, dict) else node:
            yield from _texts(value)
