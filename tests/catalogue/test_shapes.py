"""What a shape takes, and what it says about what it does not take."""

import pytest

from catalogue import shapes
from catalogue.reading import Entry
from catalogue.shapes import Place

KNOWN = {"flags": {"pregnant"}, "body_regions": {"calf", "ankle"}}


def faults(shape, value):
    return [(".".join(problem.place.path), str(problem.text)) for problem in shape(value, Place(), KNOWN)]


@pytest.mark.parametrize(
    ("shape", "good"),
    [
        (shapes.text(5), "sole"),
        (shapes.text(blank=True), ""),
        (shapes.number(0, 1), 0.5),
        (shapes.number(1, 7, whole=True), 7),
        (shapes.truth, False),
        (shapes.an_id, "calf-stretch-2"),
        (shapes.one_of(1, "a"), 1),
        (shapes.ref("flags"), "pregnant"),
        (shapes.either(shapes.nothing, shapes.ref("flags")), None),
        (shapes.either(shapes.nothing, shapes.ref("flags")), "pregnant"),
        (shapes.many(shapes.ref("body_regions"), least=1), ["calf", "ankle"]),
        (shapes.record({"id": shapes.an_id}, {"note": shapes.text()}), {"id": "a"}),
        (shapes.by_name(shapes.an_id, shapes.truth), {"a": True}),
        (shapes.limits(1, 10), {"min": 1, "default": 1, "max": 10}),
        (shapes.translated(shapes.text()), {"en": "Stop", "hi": "रुकें", "bn": "থামুন"}),
        (shapes.translated(shapes.text()), {"en": "Stop.", "hi": "रुकें।", "bn": "থামুন।"}),
        (shapes.translated(shapes.text(), every=False), {"en": "Stop"}),
        (shapes.translated(shapes.text(), every=False), {"en": "Stop", "hi": "", "bn": None}),
    ],
)
def test_takes_what_fits(shape, good):
    assert faults(shape, good) == []


@pytest.mark.parametrize(
    ("shape", "bad", "said"),
    [
        (shapes.text(5), 5, [("", "Give a text.")]),
        (shapes.text(5), " ", [("", "This may not be empty.")]),
        (shapes.text(5), "x" * 6, [("", "Use at most 5 characters.")]),
        (shapes.number(0, 1), True, [("", "Give a number.")]),
        (shapes.number(0, 1), "1", [("", "Give a number.")]),
        (shapes.number(0, 1), float("nan"), [("", "Give a number from 0 to 1.")]),
        (shapes.number(0, 9, whole=True), 1.5, [("", "Give a whole number.")]),
        (shapes.truth, 1, [("", "Give true or false.")]),
        (shapes.an_id, "Calf Stretch", [("", "An id is made of small letters, digits and single hyphens.")]),
        (shapes.an_id, "calf--stretch", [("", "An id is made of small letters, digits and single hyphens.")]),
        (shapes.one_of(1, 2), True, [("", "Choose one of: 1, 2.")]),
        (shapes.ref("flags"), ["pregnant"], [("", "Give an id.")]),
        (shapes.ref("body_regions"), "tail", [("", "There is no “tail” among the body regions.")]),
        (shapes.nothing, "x", [("", "Leave this empty.")]),
        (shapes.either(shapes.nothing, shapes.text()), 3, [("", "Give a text.")]),
        (shapes.many(shapes.truth), "x", [("", "Give a list.")]),
        (shapes.many(shapes.truth, least=1), [], [("", "This may not be empty.")]),
        (shapes.many(shapes.text(), least=2), ["a"], [("", "Give at least 2.")]),
        (shapes.many(shapes.text(), most=1), ["a", "b"], [("", "Give at most 1.")]),
        (shapes.many(shapes.text()), ["a", "b", "a"], [("2", "This is listed twice.")]),
        (shapes.many(shapes.text()), ["a", 7], [("1", "Give a text.")]),
        (shapes.record({"id": shapes.an_id}), [], [("", "Give a mapping of names to values.")]),
        (shapes.record({"id": shapes.an_id}), {}, [("id", "This field is required.")]),
        (
            shapes.record({"id": shapes.an_id}),
            {"id": "a", "x": 1},
            [("x", "This field is not known here.")],
        ),
        (shapes.by_name(shapes.an_id, shapes.truth), [], [("", "Give a mapping of names to values.")]),
        (shapes.by_name(shapes.an_id, shapes.truth), {"a": 2}, [("a", "Give true or false.")]),
        (shapes.limits(1, 9), {"min": 3, "default": 2, "max": 9}, [("", "Out of order: 3, 2, 9.")]),
        (
            shapes.limits(1, 9),
            {"min": 0, "default": 2, "max": 9},
            [("min", "Give a number from 1 to 9.")],
        ),
        (shapes.translated(shapes.text()), "Stop", [("", "Give the text by language: en, hi, bn.")]),
        (
            shapes.translated(shapes.text()),
            {"en": "Stop", "hi": "रुकें"},
            [("bn", "This field is required.")],
        ),
        (shapes.translated(shapes.text(), every=False), {"hi": "रुकें"}, [("en", "This field is required.")]),
        (
            shapes.translated(shapes.text(), every=False),
            {"en": "Stop", "fr": "Halte"},
            [("fr", "This field is not known here.")],
        ),
        (
            shapes.translated(shapes.text(), every=False),
            {"en": "Stop", "hi": "Rukein"},
            [("hi", "Write this in Devanagari script.")],
        ),
        (
            shapes.translated(shapes.text(), every=False),
            {"en": "Stop", "bn": "थामुन"},
            [("bn", "Write this in Bengali script.")],
        ),
        (
            shapes.translated(shapes.text(), every=False),
            {"en": "Call {clinic_phone}", "hi": "{phone} पर फ़ोन करें"},
            [("", "The languages have different placeholders.")],
        ),
    ],
)
def test_says_what_does_not_fit(shape, bad, said):
    assert faults(shape, bad) == said


def test_place_names_file_line_and_the_keys_that_lead_there():
    entry = Entry(id="calf-stretch", sets=True)
    entry.place = Place("exercises/1-stretching.yaml", 12)
    shape = shapes.many(shapes.record({"id": shapes.an_id, "sets": shapes.number(1, 9)}))
    [problem] = shape([entry], Place() / "exercises", {})
    assert str(problem) == "exercises/1-stretching.yaml:12 exercises.calf-stretch.sets: Give a number."
