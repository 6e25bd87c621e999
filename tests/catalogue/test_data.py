"""The knowledge we ship: complete, and safe to start from."""

import os
from collections import Counter
from pathlib import Path

import pytest
import yaml

from careplans.body import Body
from careplans.safety import PatientFacts, Rulebook, clinic_item, findings, home_item
from catalogue.reading import read

CONTENT = read()
SHARED = os.environ.get(
    "TONUS_SHARED"
)  # folder of the texts the knowledge came from; without it nothing is compared


def by_id(kind):
    return {entry["id"]: entry for entry in CONTENT[kind]}


def test_nothing_is_missing():
    subtypes = [subtype for family in CONTENT["families"] for subtype in family["subtypes"]]
    counts = {
        kind: len(value)
        for kind, value in [*CONTENT.items(), ("subtypes", subtypes)]
        if isinstance(value, list)
    }
    counted = {
        "families": 5,
        "subtypes": 41,
        "body_regions": 26,
        "chart_regions": 87,
        "stop_cues": 13,
        "sources": 99,
        "modalities": 35,
        "flags": 88,
        "rules": 290,
        "red_flags": 44,
        "measures": 49,
        "joint_reference": 39,
        "exercises": 91,
        "protocols": 17,
        "education_topics": 28,
    }
    assert {kind: counts[kind] for kind in counted} == counted
    assert Counter(rule["severity"] for rule in CONTENT["rules"]) == {"block": 156, "warn": 134}


REWORDED = {  # so that yes is the risk: docs/decisions/0008
    "cognitive-impairment": {"ask_clinician": "Unable to report discomfort or to use the device safely?"},
    "communication-barrier": {"ask_clinician": "Interpreter or call signal needed?"},
}


ADDED = {  # thresholds that the texts tell in words only
    ("tug", "MS, worsening beyond error"),
    ("timed-10m-walk", "MS, worsening: 31 percent more time is 24 percent less speed"),
    ("edss", "EDSS above 5.5, by convention"),
}


OURS = {"dermatome-sensation"}  # that we added since


def without_ours(node):
    if isinstance(node, list):
        return [without_ours(each) for each in node if not is_ours(each)]
    return {key: without_ours(value) for key, value in node.items()} if isinstance(node, dict) else node


def is_ours(each):
    return (each.get("id") if isinstance(each, dict) else isinstance(each, str) and each) in OURS


def plain(measure):
    """A measure without what we added to it: whom a threshold is for."""
    kept = {
        which: [
            {key: value for key, value in row.items() if key != "for"}
            for row in rows
            if (measure["id"], row["population"]) not in ADDED
        ]
        for which, rows in measure["meaningful_change"].items()
    }
    return measure | {"meaningful_change": kept}


@pytest.mark.skipif(not SHARED, reason="TONUS_SHARED does not name the folder to compare with")
@pytest.mark.parametrize(
    ("file", "list_there", "list_here"),
    [
        *(
            ("vocabulary", name, name)
            for name in ("languages", "benefits", "evidence_levels", "urgency_levels")
        ),
        *(
            ("vocabulary", name, name)
            for name in ("severities", "override_policies", "settings", "lateralities")
        ),
        *(("vocabulary", name, name) for name in ("body_regions", "limbs", "trunk", "touching", "positions")),
        *(("vocabulary", name, name) for name in ("props", "equipment", "muscle_groups", "nerves")),
        *(("vocabulary", name, name) for name in ("exercise_tags", "stop_cues", "translation_status")),
        ("chart_regions", "chart_regions", "chart_regions"),
        ("sources", "sources", "sources"),
        *(("conditions", name, name) for name in ("framing_source", "symptom_codes", "spasm_characters")),
        ("conditions", "families", "families"),
        ("modalities", "groups", "modality_groups"),
        ("modalities", "modalities", "modalities"),
        *(("contraindications", name, name) for name in ("flag_categories", "flags", "rules")),
        ("red_flags", "placeholders", "advice_placeholders"),
        ("red_flags", "patient_advice", "patient_advice"),
        ("red_flags", "red_flags", "red_flags"),
        *(("outcome_measures", name, name) for name in ("licence_statuses", "directions", "change_kinds")),
        *(("outcome_measures", name, name) for name in ("measures", "joint_reference")),
        ("outcome_measures", "medicine_reference_doses", "medicine_reference_doses"),
        ("exercises", "exercises", "exercises"),
        ("protocols", "placeholders", "goal_placeholders"),
        *(("protocols", name, name) for name in ("education_topics", "protocols")),
    ],
)
def test_every_fact_was_taken_over(file, list_there, list_here):
    document = yaml.load(
        (Path(SHARED) / "clinical" / f"{file}.yaml").read_text(encoding="utf-8"), Loader=yaml.CSafeLoader
    )
    there, here = document[list_there], CONTENT[list_here]
    grouped = {
        "measures",
        "exercises",
        "modalities",
        "red_flags",
        "protocols",
    }  # by file, so in another order
    if list_here in grouped:
        there, here = sorted(there, key=lambda e: e["id"]), sorted(here, key=lambda e: e["id"])
    here = without_ours(here)
    if list_here == "measures":
        here = [plain(entry) for entry in here]
    if list_here == "flags":
        there = [entry | REWORDED.get(entry["id"], {}) for entry in there]
    assert here == there


def test_order_of_rules_is_that_of_their_files():
    """Of several warnings with one cause the first is shown, so the order is part of the meaning."""
    places = [rule.place for rule in CONTENT["rules"]]
    assert places == sorted(places)


# --- no protocol starts with what would be blocked -----------------------------------------------------------------------
MODALITIES, EXERCISES, FLAGS = by_id("modalities"), by_id("exercises"), by_id("flags")
RULEBOOK = Rulebook(
    rules=CONTENT["rules"],
    flags=CONTENT["flags"],
    modalities=CONTENT["modalities"],
    body=Body(CONTENT, CONTENT["chart_regions"]),
)


def usual_patient(subtype, family, *, flagged):
    """Somebody of 40 with this condition; `flagged` with the flags it suggests, where its spasm usually is."""
    suggested = subtype["auto_suggest_flags"] if flagged else []
    sites = {flag: subtype["spasm_sites"] if FLAGS[flag]["needs_region"] else [] for flag in suggested}
    return PatientFacts(flags=sites, conditions=frozenset({subtype["id"], family}), age=40)


def items(phase, *, optional):
    for item in phase["clinic_modalities"]:
        if optional or not item.get("optional"):
            modality = MODALITIES[item["modality"]]
            yield clinic_item(item["modality"], modality, item.get("regions", []), item.get("parameters", {}))
    for item in phase["home_exercises"]:
        if optional or not item.get("optional"):
            yield home_item(item["exercise"], EXERCISES[item["exercise"]], None)


@pytest.mark.parametrize("protocol", CONTENT["protocols"], ids=lambda protocol: protocol["id"])
def test_what_a_protocol_selects_is_not_blocked_for_its_usual_patient(protocol):
    family = by_id("families")[protocol["family"]]
    subtypes = {subtype["id"]: subtype for subtype in family["subtypes"]}
    for name in protocol["subtypes"]:
        plain = usual_patient(subtypes[name], family["id"], flagged=False)
        flagged = usual_patient(subtypes[name], family["id"], flagged=True)
        for phase in protocol["phases"]:
            found = [
                *findings(list(items(phase, optional=True)), plain, RULEBOOK),
                *findings(list(items(phase, optional=False)), flagged, RULEBOOK),
            ]
            assert [finding for finding in found if finding.severity == "block"] == []
