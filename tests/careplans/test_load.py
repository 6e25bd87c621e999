"""How much a day at home is, and when it is too much. No database."""

import pytest

from careplans import load
from tests.careplans.knowledge import entries

EXERCISES = entries("exercises")
WALL = {"exercise": "calf-stretch-wall", "side": "left", "sets": 2, "reps": 3, "hold_s": 30, "rest_s": 15}


def item(**changes):
    return {**WALL, "days_of_week": [1, 3], "times": ["08:00", "19:00"], **changes}


def test_a_day_adds_up_what_is_due_on_it():
    week = load.days([item(), item(days_of_week=[3])], EXERCISES)
    once = (2 * 3 * 30 + 15) / 60  # two sets of three holds, one rest between
    assert [round(day.minutes, 2) for day in week] == [once * 2, 0, once * 4, 0, 0, 0, 0]
    assert [day.exercises for day in week] == [1, 0, 2, 0, 0, 0, 0]
    assert load.heaviest(week).day == 3


@pytest.mark.parametrize(
    ("changes", "seconds"),
    [
        ({}, 195),
        ({"side": None}, 390),  # one side after the other
        ({"hold_s": 0}, 2 * 3 * load.REPETITION_S + 15),
        ({"sets": "two"}, 90 * EXERCISES["calf-stretch-wall"]["dosage"]["sets"]["default"]),
    ],
)
def test_how_long_an_exercise_takes_once(changes, seconds):
    assert load.session_seconds(item(**changes), EXERCISES["calf-stretch-wall"]) == seconds


def test_paused_and_unknown_exercises_take_no_time():
    week = load.days([item(status="paused"), {"exercise": "gone"}, {}], EXERCISES)
    assert load.heaviest(week).minutes == 0


def test_who_tires_easily_has_half_unless_told_otherwise():
    assert load.limit(None, []) == load.USUAL_MINUTES
    assert load.limit(None, ["severe-fatigue"]) == load.USUAL_MINUTES / 2
    assert load.limit(45, ["severe-fatigue"]) == 45


def test_flags_that_halve_the_day_are_flags():
    assert entries("flags").keys() >= load.TIRING


def test_too_long_and_too_many_are_said():
    long_day = [load.Day(1, 40.4, 3)] + [load.Day(day, 0, 0) for day in range(2, 8)]
    assert load.warnings(long_day, 40) == []
    assert load.warnings(long_day, 39) == ["About 40 minutes on the longest day, over the limit of 39."]
    many = [load.Day(day, 5, 9 if day == 2 else 1) for day in range(1, 8)]
    assert load.warnings(many, 60) == ["9 exercises on one day. With so many, fewer get done."]
