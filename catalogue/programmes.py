"""What must hold within and around an exercise or a protocol, whoever wrote it: we, or a clinic for itself.

Messages may reach a therapist who adds an exercise, so they are translated.
"""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from catalogue import schema
from catalogue.shapes import PLACEHOLDER, Place, Problem, Problems, rising

Entry = Mapping[str, Any]
Index = dict[str, dict[str, Any]]  # kind → id → entry (for lists of plain words: the word)

ROUNDING = 1e-9
OVERLAP_MINUTES = 15  # by which treatments may exceed a visit: education during a hot pack


SEATED = ("sitting", "long-sitting", "wheelchair")
LIES_HIGH = ("breathing-relaxation", "transfer-and-bed-mobility-training", "stretching-prolonged")
FOLLOWING_TAGS = {"carer-assisted", "prone", "seated"}  # say nothing that position and helper do not


# --- exercises -----------------------------------------------------------------------------------------------------------
def exercise_problems(entry: Entry, known: Index, place: Place | None = None) -> list[Problem]:
    """Return what is wrong with an own exercise: its shape first, then what must hold within and around it.

    `entry` has its defaults already, but no id; `known` includes the clinic's own exercises.
    """
    place = place or Place()
    return list(schema.OWN_EXERCISE(entry, place, known)) or list(exercise_faults(entry, place, known))


def harder_round(start: str, entry: Entry, known: Index) -> list[str]:
    """Return the ids on the way from an exercise over harder ones back to itself; [] when they come to an end."""
    way, here = [start], entry["harder"]
    while here is not None and here not in way:
        way.append(here)
        here = known["exercises"].get(here, {}).get("harder")  # a retired one leads no further
    return [*way, start] if here == start else []


def following_tags(modality: str, position: str, *, helper: bool) -> set[str]:
    """Return the tags that an exercise carries because of its technique, its position and its helper."""
    follows = {
        "carer-assisted": helper,
        "prone": position == "prone",
        "seated": position in SEATED,
        "supine-flat": position == "supine" and modality not in LIES_HIGH,
    }
    return {tag for tag, is_true in follows.items() if is_true}


def exercise_faults(entry: Entry, place: Place, known: Index) -> Problems:
    """What the safety rules rely on: an exercise carries every tag that is true of it."""
    tags, position = set(entry["tags"]), entry["position"]
    if entry["helper_needed"] != ("carer-assisted" in tags):
        yield Problem(
            place / "helper_needed", _("helper_needed and the tag carer-assisted say different things.")
        )
    if ("prone" in tags) != (position == "prone"):
        yield Problem(place / "tags", _("The tag prone and the position say different things."))
    if ("seated" in tags) != (position in SEATED):
        yield Problem(place / "tags", _("The tag seated and the position say different things."))
    if position == "supine" and "supine-flat" not in tags and entry["modality"] not in LIES_HIGH:
        yield Problem(place / "tags", _("An exercise lying on the back needs the tag supine-flat."))
    for setting in set(entry["settings"]) - set(known["modalities"][entry["modality"]]["settings"]):
        yield Problem(place / "settings", _("This technique is not used there: %s.") % setting)
    steps = entry["steps"]
    for language, said in steps.items():
        if said and len(said) != len(steps["en"]):
            yield Problem(place / "steps" / language, _("Give as many steps as in English."))


# --- protocols -----------------------------------------------------------------------------------------------------------
def protocol_problems(entry: Entry, known: Index, place: Place | None = None) -> list[Problem]:
    """Return what is wrong with an own protocol; see `exercise_problems`."""
    place = place or Place()
    return list(schema.OWN_PROTOCOL(entry, place, known)) or list(protocol_faults(entry, place, known))


def protocol_faults(entry: Entry, place: Place, known: Index) -> Problems:
    """Yield what does not fit: weeks, minutes, doses, measures and goals, and what is not meant for the family."""
    family = entry["family"]
    for position, subtype in enumerate(entry["subtypes"]):
        if known["subtypes"][subtype]["family"] != family:
            yield Problem(place / "subtypes" / position, _("This condition is of another family."))
    total = sum(phase["weeks"]["default"] for phase in entry["phases"])
    if total != entry["total_weeks"]:
        yield Problem(place / "total_weeks", _("The phases add up to %d weeks.") % total)
    for position, phase in enumerate(entry["phases"]):
        yield from _phase(phase, (place / "phases").item(position, phase), family, known)
    yield from _reassessment(entry, place / "reassessment", known)
    measured = {item["measure"] for item in entry["reassessment"]}
    for position, goal in enumerate(entry["goal_templates"]):
        here = (place / "goal_templates").item(position, goal)
        if goal["measure"] not in measured:
            yield Problem(here / "measure", _("This measure is not among the reassessments."))
        if goal["weeks"] > entry["total_weeks"]:
            yield Problem(here / "weeks", _("This is after the protocol ends."))
        yield from _goal(goal, here, known)


def _phase(phase: Entry, place: Place, family: str, known: Index) -> Problems:
    minutes = 0
    for position, item in enumerate(phase["clinic_modalities"]):
        here = (place / "clinic_modalities").item(position, item)
        yield from _clinic_item(item, here, known["modalities"][item["modality"]])
        if not item.get("optional"):
            usual = known["modalities"][item["modality"]]["session_minutes"]["default"]
            minutes += item.get("minutes", usual)
    if minutes > phase["visit_minutes"] + OVERLAP_MINUTES:
        yield Problem(
            place / "visit_minutes",
            _("The treatments that are not optional take %(minutes)d min, the visit %(visit)d.")
            % {"minutes": minutes, "visit": phase["visit_minutes"]},
        )
    seen = set()
    for position, item in enumerate(phase["home_exercises"]):
        here = (place / "home_exercises").item(position, item)
        if item["exercise"] in seen:
            yield Problem(here / "exercise", _("This is listed twice."))
        seen.add(item["exercise"])
        yield from _home_item(item, here, family, known["exercises"][item["exercise"]])
    for position, topic in enumerate(phase["education"]):
        if family not in known["education_topics"][topic]["families"]:
            yield Problem(place / "education" / position, _("This topic is not meant for this family."))


def _clinic_item(item: Entry, place: Place, modality: Entry) -> Problems:
    if "clinic" not in modality["settings"]:
        yield Problem(place / "modality", _("This technique is not used in the clinic."))
    session = modality["session_minutes"]
    if "minutes" in item and not session["min"] <= item["minutes"] <= session["max"]:
        yield Problem(place / "minutes", _between(session))
    parameters = {parameter["id"]: parameter for parameter in modality["parameters"]}
    for key, value in item.get("parameters", {}).items():
        here = place / "parameters" / key
        parameter = parameters.get(key)
        if parameter is None:
            yield Problem(here, _("This technique has no such parameter."))
        elif parameter["type"] == "choice":
            if value not in parameter["choices"]:
                offered = ", ".join(parameter["choices"])
                yield Problem(here, _("Choose one of: %(offered)s.") % {"offered": offered})
        elif isinstance(value, str) or not (
            parameter["min"] - ROUNDING <= value <= parameter["max"] + ROUNDING
        ):
            yield Problem(here, _between(parameter))


def _home_item(item: Entry, place: Place, family: str, exercise: Entry) -> Problems:
    if family not in exercise["families"]:
        yield Problem(place / "exercise", _("This exercise is not marked as suiting this family."))
    if "home" not in exercise["settings"]:
        yield Problem(place / "exercise", _("This exercise is not for home."))
    for key, value in item.get("dosage", {}).items():
        if not exercise["dosage"][key]["min"] <= value <= exercise["dosage"][key]["max"]:
            yield Problem(place / "dosage" / key, _between(exercise["dosage"][key]))


def _between(limits: Entry) -> str:
    return _("Give a number from %(low)s to %(high)s.") % {"low": limits["min"], "high": limits["max"]}


def _reassessment(entry: Entry, place: Place, known: Index) -> Problems:
    seen = set()
    for position, item in enumerate(entry["reassessment"]):
        here, weeks = place.item(position, item), item["weeks"]
        if item["measure"] in seen:
            yield Problem(here / "measure", _("This is listed twice."))
        seen.add(item["measure"])
        families = known["measures"][item["measure"]]["families"]
        if families != "all" and entry["family"] not in families:
            yield Problem(here / "measure", _("This measure is not meant for this family."))
        yield from rising(weeks, here / "weeks")
        if max(weeks) > entry["total_weeks"]:
            yield Problem(here / "weeks", _("This is after the protocol ends."))
        if (
            weeks[0] != 0 and item["measure"] != "global-rating-of-change"
        ):  # that one asks about the change itself
            yield Problem(here / "weeks", _("A measure needs a baseline in week 0."))


def _goal(goal: Entry, place: Place, known: Index) -> Problems:
    measure, amount = known["measures"][goal["measure"]], goal["target"]["amount"]
    if goal["benefit"] not in measure["benefits"]:
        yield Problem(place / "benefit", _("The measure does not measure this benefit."))
    if measure["direction"] == "lower-is-better" and amount > 0:
        yield Problem(place / "target", _("Lower is better here: give a negative change."))
    if measure["direction"] == "higher-is-better" and amount < 0:
        yield Problem(place / "target", _("Higher is better here: give a positive change."))
    marks = set(PLACEHOLDER.findall(goal["template"]))
    for mark in marks - known["goal_placeholders"].keys():
        yield Problem(place / "template", _("Unknown placeholder: %s.") % mark)
    for mark in {"{target}", "{date}"} - marks:
        yield Problem(place / "template", _("The text lacks %s.") % mark)
