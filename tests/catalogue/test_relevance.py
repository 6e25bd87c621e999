"""What concerns a condition, best match first."""

import pytest

from catalogue.knowledge import knowledge
from catalogue.relevance import best_first, concern


@pytest.fixture
def found(db):
    known = knowledge()

    def ids(kind, condition):
        about = concern(condition, known)
        return [entry["id"] for entry in best_first(kind, getattr(known, kind).current, about)]

    return ids


def test_conditions_of_a_subtype_are_itself_and_its_family(found):
    assert found("conditions", "diabetic-polyneuropathy") == [
        "diabetic-polyneuropathy",
        "peripheral-neuropathy",
    ]


def test_conditions_of_a_family_are_itself_and_its_subtypes(found):
    names = found("conditions", "sciatica")
    assert names[0] == "sciatica"
    assert {knowledge().family_of(name) for name in names} == {"sciatica"}


def test_protocols_of_the_subtype_come_before_the_others_of_its_family(found):
    names = found("protocols", "carpal-tunnel-syndrome")
    protocols = [knowledge().protocols[name] for name in names]
    suits = ["carpal-tunnel-syndrome" in protocol["subtypes"] for protocol in protocols]
    assert suits == sorted(suits, reverse=True)
    assert suits[0]
    assert {protocol["family"] for protocol in protocols} == {"peripheral-neuropathy"}


def test_modalities_that_evidence_speaks_against_come_last(found):
    names = found("modalities", "sciatica")
    assert names.index("tens-conventional") > names.index("stretching-dynamic")
    assert knowledge().modalities[names[-1]]["evidence"]


def test_exercises_of_the_protocols_come_first_then_those_of_the_place(found):
    names = found("exercises", "carpal-tunnel-syndrome")
    in_protocols = {
        item["exercise"]
        for protocol in knowledge().protocols.values()
        if "carpal-tunnel-syndrome" in protocol["subtypes"]
        for phase in protocol["phases"]
        for item in phase["home_exercises"]
    }
    assert set(names[: len(in_protocols)]) == in_protocols
    after = [set(knowledge().exercises[name]["body_regions"]) for name in names[len(in_protocols) :]]
    near = [bool(regions & {"hand", "forearm"}) for regions in after]
    assert near == sorted(near, reverse=True)
    assert all("peripheral-neuropathy" in knowledge().exercises[name]["families"] for name in names)


def test_measures_usual_in_the_family_come_first(found):
    usual = knowledge().conditions["sciatica"]["usual_measures"]
    assert found("measures", "sciatica")[: len(usual)] == usual


def test_flags_suggested_for_the_subtype_come_first(found):
    names = found("flags", "diabetic-polyneuropathy")
    assert names[:3] == ["reduced-sensation", "reduced-thermal-sensation", "hypoglycaemia-risk"]
    assert set(names[3:]) == {"falls-risk-high"}


def test_rules_of_other_conditions_are_left_out(found):
    names = found("rules", "sciatica-bilateral")
    assert names[0] == "both-sided-sciatica"
    assert "es-chest" in names
    assert "both-sided-sciatica" not in found("rules", "diabetic-polyneuropathy")


def test_red_flags_of_the_family_come_first(found):
    listed = knowledge().conditions["sciatica"]["red_flags"]
    names = found("red_flags", "sciatica")
    assert names[: len(listed)] == listed
    assert all({"all", "sciatica"} & set(knowledge().red_flags[name]["applies_to"]) for name in names)


def test_unknown_condition_is_a_key_error(db):
    with pytest.raises(KeyError):
        concern("gout", knowledge())
