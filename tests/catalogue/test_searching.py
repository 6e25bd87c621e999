"""Narrowing the library down: filters that combine, and what each value would leave."""

import pytest

from catalogue import searching
from catalogue.knowledge import knowledge

FILTERS = {"colour": lambda entry: entry["colour"], "size": lambda entry: [entry["size"]]}
THINGS = [
    {"id": "apple", "colour": ["red", "green"], "size": "small"},
    {"id": "plum", "colour": ["blue"], "size": "small"},
    {"id": "melon", "colour": ["green"], "size": "big"},
]


def found(chosen, search=""):
    answer = searching.find(THINGS, FILTERS, chosen, search=search)
    counts = {name: dict(count) for name, count in answer.counts.items()}
    return [entry["id"] for entry in answer.entries], counts, dict(answer.without)


@pytest.mark.parametrize(
    ("chosen", "left"),
    [
        ({}, ["apple", "plum", "melon"]),
        ({"colour": []}, ["apple", "plum", "melon"]),
        ({"colour": ["green"]}, ["apple", "melon"]),
        ({"colour": ["red", "blue"]}, ["apple", "plum"]),
        ({"colour": ["green"], "size": ["big"]}, ["melon"]),
    ],
)
def test_values_of_one_filter_widen_and_filters_narrow(chosen, left):
    assert found(chosen)[0] == left


def test_a_count_is_what_there_would_be_with_that_value_alone_in_its_filter():
    _left, counts, _without = found({"size": ["big"]})
    assert counts == {"colour": {"green": 1}, "size": {"small": 2, "big": 1}}


def test_when_nothing_is_left_it_tells_which_filter_is_in_the_way():
    assert found({"colour": ["blue"], "size": ["big"]}) == (
        [],
        {"colour": {"green": 1}, "size": {"small": 1}},
        {("colour",): 1, ("size",): 1},
    )
    assert found({"size": ["big"]}, search="plum")[2] == {("size",): 1, ("search",): 1}


def test_where_no_one_filter_is_the_cause_it_tells_the_fewest_that_are():
    assert found({"colour": ["red"], "size": ["big"]}, search="plum")[2] == {
        ("size", "search"): 1,
        ("colour", "size"): 1,
        ("colour", "search"): 1,
    }
    assert found({"size": ["small"]})[2] == {}


def test_all_words_must_be_found_whatever_their_case():
    assert found({}, search="  PL ")[0] == ["apple", "plum"]
    assert found({}, search="pl um")[0] == ["plum"]


# --- what the catalogue's exercises are found by -------------------------------------------------------------------------
def exercises(db, chosen, search=""):
    known = knowledge()
    answer = searching.find(
        known.exercises.current,
        searching.facets("exercises", known),
        chosen,
        search=search,
        text=searching.searched("exercises", known),
    )
    return [entry["id"] for entry in answer.entries]


def test_something_for_calf_spasm_in_a_wheelchair_without_a_helper(db):
    chosen = {
        "region": ["calf"],
        "position": ["wheelchair"],
        "helper": ["no"],
        "condition": ["spinal-cord-injury"],
    }
    assert exercises(db, chosen) == ["ankle-circles", "heel-raise-seated"]
    assert "ankle-circles" in exercises(db, {"position": ["wheelchair"], "helper": ["no"]}, "calf spasm")


@pytest.mark.parametrize(
    ("search", "one"),
    [
        ("soleus", "soleus-stretch-wall"),
        ("দেওয়ালে", "calf-stretch-wall"),
        ("पिंडली तौलिये", "calf-stretch-strap-sitting"),
        ("nerve glide", "median-slider"),
        ("wall calf", "calf-stretch-wall"),
    ],
)
def test_words_find_names_in_every_language_muscles_places_and_aims(db, search, one):
    assert one in exercises(db, {}, search)


def test_an_own_exercise_is_found_though_a_release_dropped_what_it_names(db):
    known = knowledge()
    dropped = {"body_regions": ["tail", "calf"], "benefits": ["wings"], "props": ["cloud"]}
    entry = {**known.exercises["calf-stretch-wall"], "id": "0199aaaa-0000-7000-8000-000000000000", **dropped}
    words = searching.searched("exercises", known)(entry)
    assert {"tail", "calf", "cloud"} <= set(words.split())


def test_every_exercise_has_an_aim_and_every_technique_named_is_there(db):
    known = knowledge()
    assert all(set(searching.aims(entry)) <= set(searching.AIMS) for entry in known.exercises.current)
    assert [entry["id"] for entry in known.exercises.current if not searching.aims(entry)] == []
    assert set(searching.AIM_OF_TECHNIQUE) <= set(known.modalities)
    assert set(searching.AIM_OF_TAG) <= set(known.terms("exercise_tags"))


@pytest.mark.parametrize(
    ("position", "props", "tags", "told"),
    [
        ("sitting", ["chair"], ["seated"], ["sitting", "wheelchair"]),
        ("sitting", ["armchair"], ["seated"], ["sitting"]),
        ("sitting", ["chair"], ["seated", "weight-bearing"], ["sitting"]),
        ("wheelchair", ["none"], ["seated"], ["wheelchair"]),
        ("supine", ["bed"], ["supine-flat"], ["supine"]),
    ],
)
def test_a_wheelchair_serves_where_no_other_seat_and_no_weight_on_the_legs_is_asked(
    position, props, tags, told
):
    assert searching.positions({"position": position, "props": props, "tags": tags}) == told


def test_other_ways_share_aim_and_muscles_but_not_position_and_helper(db):
    shelf = knowledge().exercises
    ways = [entry["id"] for entry in searching.other_ways(shelf["calf-stretch-wall"], shelf.current, most=10)]
    assert {"calf-stretch-strap-sitting", "carer-ankle-dorsiflexion", "ankle-neutral-positioning"} <= set(
        ways
    )
    assert not {"calf-stretch-wall", "soleus-stretch-wall", "heel-raise", "hamstring-stretch-chair"} & set(
        ways
    )


def test_every_value_of_every_entry_is_among_the_choices(db):
    known = knowledge()
    for kind in ("exercises", "protocols"):
        choices = searching.choices(kind, known)
        for entry in getattr(known, kind).current:
            for name, values in searching.facets(kind, known).items():
                assert set(values(entry)) <= set(choices[name]), (kind, entry["id"], name)
