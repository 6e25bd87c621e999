"""What of a typed plan can be saved when some of it cannot. No database."""

from careplans.mending import mended, together

STORED = {
    "phases": [
        {
            "id": "p",
            "weeks": 2,
            "clinic": [{"id": "c", "minutes": 20, "dosage": {"frequency": 100}}],
            "home": [{"id": "h", "sets": 2}],
        }
    ],
    "goals": [{"id": "g", "text": "Walk"}],
    "daily_minutes_max": None,
}


def typed():
    return {
        "phases": [
            {
                "id": "p",
                "weeks": "many",
                "clinic": [
                    {"id": "c", "minutes": 25, "dosage": {"frequency": 9999, "width": 200}},
                    {"minutes": 0},
                ],
                "home": [{"id": "h", "sets": 99}],
            }
        ],
        "goals": [{"id": "g", "text": ""}, {"text": ""}],
        "daily_minutes_max": 1,
    }


WRONG = {
    "phases": {
        0: {
            "weeks": ["x"],
            "clinic": {0: {"dosage": {"frequency": ["x"]}}, "1": {"minutes": ["x"]}},
            "home": {0: {"sets": ["x"]}},
        }
    },
    "goals": {0: {"text": ["x"]}, 1: {"text": ["x"]}},
    "daily_minutes_max": ["x"],
}


def test_what_is_wrong_becomes_what_is_stored_and_the_rest_stays():
    body = typed()
    kept = mended(body, WRONG, STORED)
    [phase] = kept["phases"]
    assert phase["weeks"] == 2
    assert phase["clinic"] == [{"id": "c", "minutes": 25, "dosage": {"frequency": 100, "width": 200}}, {}]
    assert phase["home"] == [{"id": "h", "sets": 2}]
    assert kept["goals"] == [{"id": "g", "text": "Walk"}, {}]
    assert kept["daily_minutes_max"] is None
    assert body == typed()


def test_a_second_time_a_new_row_is_left_out_and_an_old_one_is_as_stored():
    wrong = {"goals": {0: {"text": ["x"]}, 1: {"text": ["x"]}}, "phases": {0: {"home": {0: {"sets": ["x"]}}}}}
    kept = mended(typed(), wrong, STORED, again=True)
    assert kept["goals"] == STORED["goals"]
    assert kept["phases"][0]["home"] == STORED["phases"][0]["home"]
    assert kept["phases"][0]["weeks"] == "many"


def test_what_is_no_tree_at_all_becomes_what_is_stored():
    assert mended({"phases": "x", "goals": [7]}, {"phases": ["x"], "goals": {0: ["x"]}}, STORED) == {
        "phases": STORED["phases"],
        "goals": [],
    }


def test_errors_of_two_readings_are_one():
    assert together({"a": {"b": ["x"]}}, {"a": {"c": ["y"]}, "d": ["z"]}) == {
        "a": {"b": ["x"], "c": ["y"]},
        "d": ["z"],
    }
