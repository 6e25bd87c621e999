"""Doses: hard limits are never passed, what is left out is filled in, what is unusual is said."""

import math
from datetime import time
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from careplans.dosage import (
    check_clinic_item,
    check_dosage,
    check_home_dose,
    spread_days,
    spread_times,
    usual_home_dose,
)
from tests.careplans.knowledge import entries

MODALITIES = entries("modalities")
EXERCISES = entries("exercises")
STRETCH = MODALITIES["stretching-static"]  # hold 5-120 s, usually 20-60; reps 1-10; intensity a choice
CALF = EXERCISES["calf-stretch-wall"]  # reps 2-5, hold 15-60 s, up to 3 times a day and 7 days, at least 4

every_modality = pytest.mark.parametrize("modality", MODALITIES.values(), ids=lambda modality: modality["id"])
every_exercise = pytest.mark.parametrize("exercise", EXERCISES.values(), ids=lambda exercise: exercise["id"])

anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=2),
    max_leaves=5,
)


# ------------------------------------------------------------------ in the clinic


def test_what_is_left_out_has_its_default():
    checked = check_dosage(STRETCH, {"hold": 45})
    assert checked.values == {"hold": 45, "reps": 3, "times-per-day": 2, "intensity": "gentle"}
    assert checked.ok


def test_same_dose_reads_the_same_whoever_sent_it():
    assert check_dosage(STRETCH, {"hold": 45.0}).values["hold"] == 45
    assert type(check_dosage(STRETCH, {"hold": 45.0}).values["hold"]) is int
    assert check_dosage(STRETCH, {"hold": Decimal("45.5")}).values["hold"] == 45.5


@pytest.mark.parametrize("value", [4.9, 121, -30, 10**400, math.inf, math.nan, Decimal("NaN")])
def test_value_outside_its_limits_is_refused(value):
    assert check_dosage(STRETCH, {"hold": value}).errors == {"hold": ["Must be between 5 and 120 s."]}
    assert check_dosage(STRETCH, {"hold": value}).values == {}


@pytest.mark.parametrize("value", [True, "30", None, [30], {"value": 30}])
def test_what_is_no_number_is_refused(value):
    assert check_dosage(STRETCH, {"hold": value}).errors == {"hold": ["Give a number."]}


@pytest.mark.parametrize("value", ["hard", "", None, 1, True, ["gentle"], {}])
def test_what_is_not_offered_is_refused(value):
    errors = {"intensity": ["Choose one of: very-gentle, gentle, moderate."]}
    assert check_dosage(STRETCH, {"intensity": value}).errors == errors


def test_unknown_parameter_is_refused():
    assert check_dosage(STRETCH, {"voltage": 5}).errors == {
        "voltage": ["This treatment has no such parameter."]
    }


@pytest.mark.parametrize("dosage", [None, [], "hold 30", 30])
def test_dosage_is_an_object(dosage):
    assert list(check_dosage(STRETCH, dosage).errors) == ["non_field_errors"]


def test_unusual_is_noted_and_allowed():
    checked = check_dosage(STRETCH, {"hold": 90, "reps": 5})
    assert checked.ok
    assert checked.notes == {"hold": ["Usually between 20 and 60 s."]}


@every_modality
def test_defaults_are_accepted_and_usual_and_limits_hold(modality):
    assert check_dosage(modality, {}).notes == {}
    for parameter in modality["parameters"]:
        if parameter["type"] != "number":
            continue
        for edge, ok in [(parameter["min"], True), (parameter["max"], True)]:
            assert check_dosage(modality, {parameter["id"]: edge}).ok is ok
        for beyond in (parameter["min"] - 0.1, parameter["max"] + 0.1):
            assert list(check_dosage(modality, {parameter["id"]: beyond}).errors) == [parameter["id"]]


@given(st.sampled_from(list(MODALITIES.values())), st.data())
def test_nothing_outside_the_limits_ever_passes(modality, data):
    keys = st.sampled_from([parameter["id"] for parameter in modality["parameters"]])
    checked = check_dosage(
        modality, data.draw(st.dictionaries(keys | st.text(max_size=5), anything, max_size=4))
    )
    assert checked.ok == bool(checked.values)
    for parameter in modality["parameters"] if checked.ok else ():
        value = checked.values[parameter["id"]]
        if parameter["type"] == "choice":
            assert value in parameter["choices"]
        else:
            assert parameter["min"] - 1e-6 <= value <= parameter["max"] + 1e-6


def test_item_in_full():
    checked = check_clinic_item(STRETCH, {"dosage": {"hold": 90}, "visits_per_week": 0.5})
    assert checked.values["minutes"] == 10
    assert checked.values["visits_per_week"] == 0.5
    assert checked.values["dosage"]["hold"] == 90
    assert checked.notes == {"dosage": {"hold": ["Usually between 20 and 60 s."]}}


def test_errors_nest_as_the_item_does():
    item = {"dosage": {"hold": 500, "voltage": 1}, "minutes": 31, "visits_per_week": 15}
    assert check_clinic_item(STRETCH, item).errors == {
        "dosage": {
            "hold": ["Must be between 5 and 120 s."],
            "voltage": ["This treatment has no such parameter."],
        },
        "minutes": ["Must be between 5 and 30 min."],
        "visits_per_week": ["Must be between 0.25 and 14."],
    }


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("minutes", 12.5),
        ("minutes", "10"),
        ("minutes", None),
        ("visits_per_week", 0),
        ("visits_per_week", True),
    ],
)
def test_minutes_and_visits_are_checked(field, value):
    assert list(check_clinic_item(STRETCH, {field: value}).errors) == [field]


# ------------------------------------------------------------------ at home


def test_usual_dose_of_an_exercise():
    assert usual_home_dose(CALF) == {
        "sets": 1,
        "reps": 3,
        "hold_s": 30,
        "rest_s": 15,
        "days_of_week": [1, 2, 3, 4, 5, 6, 7],
        "times": ["08:00", "19:00"],
    }


def test_protocol_changes_the_usual_dose():
    dose = usual_home_dose(CALF, {"sets": 2, "times_per_day": 3, "days_per_week": 5})
    assert (dose["sets"], dose["reps"]) == (2, 3)
    assert dose["times"] == ["08:00", "13:00", "19:00"]
    assert dose["days_of_week"] == [1, 2, 3, 4, 5]


@every_exercise
def test_usual_dose_of_every_exercise_is_within_its_limits(exercise):
    checked = check_home_dose(exercise, usual_home_dose(exercise))
    assert (checked.errors, checked.notes) == ({}, {})
    assert checked.values == check_home_dose(exercise, {}).values


@every_exercise
def test_hard_limits_of_every_exercise_hold(exercise):
    for field in ("sets", "reps", "hold_s", "rest_s"):
        limits = exercise["dosage"][field]
        assert check_home_dose(exercise, {field: limits["min"]}).ok
        assert check_home_dose(exercise, {field: limits["max"]}).ok
        assert list(check_home_dose(exercise, {field: limits["min"] - 1}).errors) == [field]
        assert list(check_home_dose(exercise, {field: limits["max"] + 1}).errors) == [field]
    most = exercise["dosage"]["times_per_day"]["max"]
    assert check_home_dose(exercise, {"times": spread_times(most)}).ok
    assert list(check_home_dose(exercise, {"times": spread_times(most + 1)}).errors) == ["times"]


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("sets", 2.5, "Give a whole number."),
        ("reps", math.nan, "Give a whole number."),
        ("reps", math.inf, "Give a whole number."),
        ("reps", True, "Give a number."),
        ("reps", "3", "Give a number."),
        ("reps", None, "Give a number."),
        ("hold_s", 61, "Must be between 15 and 60 s."),
        ("days_of_week", [], "Choose at least one day."),
        ("days_of_week", [1, 1], "A day is listed twice."),
        ("days_of_week", [0], "Give days as numbers from 1, Monday, to 7, Sunday."),
        ("days_of_week", [8], "Give days as numbers from 1, Monday, to 7, Sunday."),
        ("days_of_week", [True], "Give days as numbers from 1, Monday, to 7, Sunday."),
        ("days_of_week", ["1"], "Give days as numbers from 1, Monday, to 7, Sunday."),
        ("days_of_week", [[1]], "Give days as numbers from 1, Monday, to 7, Sunday."),
        ("days_of_week", 1, "Give days as numbers from 1, Monday, to 7, Sunday."),
        ("days_of_week", None, "Give days as numbers from 1, Monday, to 7, Sunday."),
        ("times", [], "Choose at least one time."),
        ("times", ["08:00", "08:00"], "A time is listed twice."),
        ("times", ["08:00", time(8)], "A time is listed twice."),
        ("times", ["07:00", "08:00", "09:00", "10:00"], "At most 3 times a day."),
        ("times", ["24:00"], "Give times of day as hours and minutes, such as 08:00."),
        ("times", ["8:00"], "Give times of day as hours and minutes, such as 08:00."),
        ("times", ["08:00:30"], "Give times of day as hours and minutes, such as 08:00."),
        ("times", ["08:00\n"], "Give times of day as hours and minutes, such as 08:00."),
        ("times", ["०८:००"], "Give times of day as hours and minutes, such as 08:00."),
        ("times", [8], "Give times of day as hours and minutes, such as 08:00."),
        ("times", "08:00", "Give times of day as hours and minutes, such as 08:00."),
        ("tempo", 1, "This exercise has no such value."),
    ],
)
def test_home_dose_is_refused_at_the_field(field, value, message):
    assert check_home_dose(CALF, {field: value}).errors == {field: [message]}


def test_more_days_than_an_exercise_allows_are_refused():
    bridge = EXERCISES["glute-bridge"]  # up to 6 days
    assert check_home_dose(bridge, {"days_of_week": [*range(1, 8)]}).errors == {
        "days_of_week": ["At most 6 days a week."]
    }


def test_fewer_days_or_times_are_only_noted():
    assert check_home_dose(CALF, {"days_of_week": [1, 4]}).notes == {
        "days_of_week": ["Usually at least 4 days a week."]
    }
    assert check_home_dose(EXERCISES["microbreak"], {"times": ["09:00"]}).notes == {
        "times": ["Usually at least 2 times a day."]
    }


def test_days_and_times_are_put_in_order():
    values = check_home_dose(CALF, {"days_of_week": (5, 1), "times": [time(19), "08:00"], "reps": 4.0}).values
    assert (values["days_of_week"], values["times"], values["reps"]) == ([1, 5], ["08:00", "19:00"], 4)


@given(st.sampled_from(list(EXERCISES.values())), st.data())
def test_nothing_outside_an_exercises_limits_ever_passes(exercise, data):
    fields = st.sampled_from(["sets", "reps", "hold_s", "rest_s", "days_of_week", "times", "tempo"])
    checked = check_home_dose(exercise, data.draw(st.dictionaries(fields, anything, max_size=4)))
    assert checked.ok == bool(checked.values)
    for field in ("sets", "reps", "hold_s", "rest_s") if checked.ok else ():
        limits = exercise["dosage"][field]
        assert limits["min"] <= checked.values[field] <= limits["max"]


# ------------------------------------------------------------------ spreading


@pytest.mark.parametrize(
    ("count", "days"),
    [(1, [1]), (2, [1, 4]), (3, [1, 3, 5]), (5, [1, 2, 3, 4, 5]), (7, [1, 2, 3, 4, 5, 6, 7])],
)
def test_days_are_spread_over_the_week(count, days):
    assert spread_days(count) == days


@pytest.mark.parametrize("count", range(1, 8))
def test_as_many_days_as_asked_for(count):
    assert len(set(spread_days(count))) == count


@pytest.mark.parametrize(
    ("count", "times"),
    [
        (1, ["08:00"]),
        (2, ["08:00", "19:00"]),
        (3, ["08:00", "13:00", "19:00"]),
        (4, ["08:00", "12:00", "16:00", "20:00"]),
        (6, ["08:00", "10:30", "12:45", "15:15", "17:30", "20:00"]),
    ],
)
def test_times_are_spread_over_the_day(count, times):
    assert spread_times(count) == times


@pytest.mark.parametrize("count", range(1, 18))
def test_as_many_times_as_asked_for_in_waking_hours(count):
    times = spread_times(count)
    assert len(set(times)) == count
    assert times == sorted(times)
    assert "08:00" <= times[0] <= times[-1] <= "20:00"
