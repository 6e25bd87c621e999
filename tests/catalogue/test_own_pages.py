"""A clinic's own exercises and protocols by page: written, copied, refused at the field, changed, retired, and their history."""

import re
from html import unescape

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from catalogue import history
from catalogue.forms import ExerciseForm
from catalogue.knowledge import knowledge
from catalogue.models import Exercise, HiddenEntry, Protocol
from catalogue.protocol_form import read, typed
from catalogue.services import (
    EXERCISES,
    PROTOCOLS,
    add,
    bring_back,
    by_public_id,
    change,
    mark_of,
    offered,
    retire,
)
from clinic.numbers import read_number


@pytest.fixture
def browser(client_for, physio):
    return client_for(physio)


@pytest.fixture
def own(physio, stretch):
    return add(EXERCISES, stretch, by=physio)


def fields(entry):
    """What a browser sends of an exercise's form: what is blank or not ticked is not sent, or empty."""
    told = ExerciseForm.typed(entry)
    names = ("id", "name", "steps", "dosage", "translation_status", "reviewed", "own")
    sent = {name: value for name, value in told.items() if name not in names}
    return {name: "" if value is None else value for name, value in sent.items() if value is not False}


def typed_fields(body, path=""):
    """What a browser sends of a protocol's form: each value under its path."""
    if isinstance(body, dict):
        for key, value in body.items():
            yield from typed_fields(value, f"{path}.{key}" if path else key)
    elif isinstance(body, list) and body and isinstance(body[0], dict):
        for place, value in enumerate(body):
            yield from typed_fields(value, f"{path}.{place}")
    elif path.endswith(("suits", "not_for", "discharge_criteria", "_criteria")):
        yield path, "\n".join(body)
    elif path.endswith(".weeks") and isinstance(body, list):
        yield path, " ".join(map(str, body))
    elif isinstance(body, bool):
        yield from [(path, "yes")] if body else []
    elif body not in ([], None):
        yield path, body


def protocol_fields(entry):
    return dict(typed_fields(typed(entry)))


def errors(answer):
    page = answer.content.decode()
    return [unescape(found) for found in re.findall(r"field__error.*?<span>(.*?)</span>", page, re.DOTALL)]


# --- exercises -----------------------------------------------------------------------------------------------------------
def test_an_exercise_is_copied_and_kept_as_ours(browser, clinic):
    shipped = knowledge().exercises["calf-stretch-wall"]
    page = browser.get("/exercises/new/", {"from": "calf-stretch-wall"}).content.decode()
    assert "Calf stretch at the wall" in page
    answer = browser.post("/exercises/new/?from=calf-stretch-wall", fields(shipped) | {"name_en": "Ours"})
    row = Exercise.objects.get(clinic=clinic)
    assert answer.url == f"/exercises/{row.pk}/"
    expected = {key: value for key, value in shipped.items() if key not in ("id", "name")}
    assert {key: row.data[key] for key in expected} == expected
    assert row.data["name"] == {**shipped["name"], "en": "Ours"}
    assert [entry["name"]["en"] for entry in offered(EXERCISES, clinic) if entry["id"] == str(row.pk)] == [
        "Ours"
    ]


@pytest.mark.parametrize(
    "shipped", ["carer-ankle-dorsiflexion", "prone-lying", "band-row", "belly-breathing", "board-transfer"]
)
def test_every_kind_of_exercise_can_be_copied_as_it_is(browser, clinic, shipped):
    entry = knowledge().exercises[shipped]
    answer = browser.post(f"/exercises/new/?from={shipped}", fields(entry))
    assert (answer.status_code, errors(answer)) == (302, [])
    kept = Exercise.objects.get(clinic=clinic).data
    assert {**kept, "tags": set(kept["tags"])} == {
        **{key: value for key, value in entry.items() if key != "id"},
        "tags": set(entry["tags"]),
    }


def test_a_copy_may_take_the_place_of_what_it_was_copied_from(browser, clinic):
    entry = knowledge().exercises["calf-stretch-wall"]
    browser.post("/exercises/new/?from=calf-stretch-wall", fields(entry) | {"hide_source": "on"})
    assert HiddenEntry.objects.for_clinic(clinic).get().exercise.slug == "calf-stretch-wall"


def test_tags_that_follow_from_position_and_helper_are_not_asked_for(browser, clinic):
    entry = fields(knowledge().exercises["calf-stretch-wall"])
    browser.post("/exercises/new/", entry | {"position": "prone", "helper_needed": "on"})
    assert set(Exercise.objects.get(clinic=clinic).data["tags"]) == {
        "weight-bearing",
        "prone",
        "carer-assisted",
    }


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        ({"name_en": ""}, ["This field is required."]),
        ({"name_hi": "Calf"}, ["Write this in Devanagari script."]),
        ({"reps_max": "99"}, ["Ensure this value is less than or equal to 60."]),
        ({"reps_max": "many"}, ["Enter a whole number."]),
        ({"reps_default": "6"}, ["Out of order: 2, 6, 5."]),
        ({"steps_hi": "एक"}, ["Give as many steps as in English."]),
        ({"steps_en": "Sit.\n" + "long " * 80}, ["Line 2: Use at most 300 characters."]),
        ({"body_regions": []}, ["This field is required."]),
        ({"modality": "joint-mobilisation-spinal"}, ["This technique is not used there: home."]),
        ({"position": "hovering"}, ["Select a valid choice. hovering is not one of the available choices."]),
    ],
)  # fmt: skip
def test_an_exercise_is_refused_at_the_field_and_nothing_typed_is_lost(browser, clinic, change, refusal):
    told = fields(knowledge().exercises["calf-stretch-wall"]) | {"aim": "My own words"} | change
    answer = browser.post("/exercises/new/", told)
    assert (answer.status_code, errors(answer)) == (422, refusal)
    page = answer.content.decode()
    assert 'value="My own words"' in page
    assert all(str(typed) in page for typed in change.values() if isinstance(typed, str))
    assert not Exercise.objects.filter(clinic=clinic).exists()


def test_what_somebody_else_kept_meanwhile_is_not_written_over_unseen(browser, own, physio):
    told = fields(own.data) | {"seen": mark_of(own), "aim": "Mine"}
    change(EXERCISES, own.pk, {"aim": "Theirs"}, by=physio)
    answer = browser.post(f"/exercises/{own.pk}/change/", told)
    assert answer.status_code == 409
    page = answer.content.decode()
    assert "Somebody else changed this meanwhile" in page
    assert 'value="Mine"' in page
    own.refresh_from_db()
    assert own.data["aim"] == "Theirs"
    assert f'value="{mark_of(own)}"' in page
    browser.post(f"/exercises/{own.pk}/change/", told | {"seen": mark_of(own)})
    own.refresh_from_db()
    assert own.data["aim"] == "Mine"


def test_history_counts_versions_and_says_who_changed_what(own, physio):
    change(EXERCISES, own.pk, {"aim": "Ease the calf."}, by=physio)
    change(EXERCISES, own.pk, {"aim": "Ease the calf."}, by=physio)  # the same again: no version
    retire(EXERCISES, own.pk, by=physio)
    bring_back(EXERCISES, own.pk, by=physio)
    change(EXERCISES, own.pk, {"position": "sitting", "tags": ["seated"]}, by=physio)
    steps = history.steps(own, EXERCISES)
    assert [(step.number, step.what, set(step.fields)) for step in steps] == [
        (1, "added", set()),
        (2, "changed", {"aim"}),
        (2, "retired", set()),
        (2, "brought-back", set()),
        (3, "changed", {"position", "tags"}),
    ]
    assert steps[1].sentence == "Changed: aim"


def test_the_page_of_ones_own_names_its_author_and_version(browser, own):
    told = fields(own.data) | {"aim": "Ease the calf."}
    browser.post(f"/exercises/{own.pk}/change/", told)
    page = " ".join(browser.get(f"/exercises/{own.pk}/").content.decode().split())
    assert "<dt>Version</dt><dd>2</dd>" in page
    assert "Changed: aim" in page
    shipped = browser.get("/exercises/calf-stretch-wall/").content.decode()
    assert f"({knowledge().content_sha256[:8]})" in shipped
    assert "Written for Tonus" in shipped


def test_a_retired_exercise_is_offered_no_more_and_plans_can_still_read_it(browser, own, clinic):
    browser.post(f"/exercises/{own.pk}/retire/", {"retire": "yes"})
    assert str(own.pk) not in [entry["id"] for entry in offered(EXERCISES, clinic)]
    assert by_public_id(EXERCISES, [str(own.pk)], clinic)[str(own.pk)]["id"] == str(own.pk)
    assert own.name not in browser.get("/exercises/", {"search": "stairs"}).content.decode()
    assert own.name in browser.get("/exercises/", {"search": "stairs", "show": "retired"}).content.decode()
    assert "Bring back" in browser.get(f"/exercises/{own.pk}/").content.decode()
    browser.post(f"/exercises/{own.pk}/retire/", {"retire": "no"})
    assert own.name in browser.get("/exercises/", {"search": "stairs"}).content.decode()
    assert "Nothing is retired" in browser.get("/exercises/", {"show": "retired"}).content.decode()


# --- protocols -----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("shipped", ["sciatica-acute", "sci-complete", "neuropathy-sensory-balance"])
def test_a_protocol_is_copied_with_two_doses_changed(browser, clinic, shipped):
    if shipped not in knowledge().protocols:
        shipped = next(
            entry["id"] for entry in knowledge().protocols.current if entry["family"] == "spinal-cord-injury"
        )
    entry = knowledge().protocols[shipped]
    told = protocol_fields(entry)
    home, clinics = entry["phases"][0]["home_exercises"][0], entry["phases"][0]["clinic_modalities"][0]
    most = knowledge().exercises[home["exercise"]]["dosage"]["reps"]["max"]
    told |= {"do": "save", "name": "Our way", "phases.0.home_exercises.0.dosage.reps": str(most)}
    answer = browser.post(f"/protocols/new/?from={shipped}", told)
    assert (answer.status_code, errors(answer)) == (302, [])
    kept = Protocol.objects.get(clinic=clinic).data
    assert kept["name"] == "Our way"
    assert kept["phases"][0]["home_exercises"][0]["dosage"]["reps"] == most
    assert kept["phases"][0]["clinic_modalities"][0] == clinics
    same = (
        "family",
        "subtypes",
        "suits",
        "not_for",
        "reassessment",
        "goal_templates",
        "discharge_criteria",
        "sources",
    )
    assert {key: kept[key] for key in (*same, "total_weeks")} == {
        key: entry[key] for key in (*same, "total_weeks")
    }
    assert kept["phases"][1:] == entry["phases"][1:]


def test_rows_are_added_moved_and_taken_away_and_only_keep_keeps(browser, clinic, own):
    told = protocol_fields(knowledge().protocols["sciatica-acute"])
    path = "phases.0.home_exercises"
    page = browser.post(
        "/protocols/new/", told | {"do": f"add:{path}", f"add.{path}": str(own.pk)}
    ).content.decode()
    assert own.name in page
    page = browser.post("/protocols/new/", told | {"do": f"down:{path}.0"}).content.decode()
    first = re.search(r'name="phases.0.home_exercises.0.exercise" value="([^"]+)"', page)[1]
    assert first == told[f"{path}.1.exercise"]
    page = browser.post("/protocols/new/", told | {"do": "remove:phases.0"}).content.decode()
    assert "Calm and keep moving" not in page
    page = browser.post("/protocols/new/", told | {"do": "add:phases"}).content.decode()
    assert 'name="phases.3.name"' in page
    for order in (
        "up:phases.99",
        "remove:nothing.0",
        "add:name",
        "down:phases.0.weeks.min",
        "add:phases.7.education",
        "x",
        "up:",
    ):
        assert browser.post("/protocols/new/", told | {"do": order}).status_code == 200
    assert not Protocol.objects.filter(clinic=clinic).exists()


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        ({"name": ""}, ["This may not be empty."]),
        ({"family": ""}, ["There is no “” among the families."]),
        ({"phases.0.weeks.min": "9"}, ["Out of order: 9, 2, 3."]),
        ({"phases.0.weeks.default": "soon"}, ["Give a whole number."]),
        ({"phases.0.weeks.default": "nan"}, ["Give a whole number."]),
        ({"phases.0.home_exercises.1.dosage.reps": "60"}, ["Give a number from 5 to 15."]),
        ({"phases.0.clinic_modalities.3.parameters.skin-temperature": "60"}, ["Give a number from 36 to 43."]),
        ({"phases.0.visit_minutes": "4"}, ["Give a number from 5 to 600."]),
        ({"reassessment.0.weeks": "2 5"}, ["A measure needs a baseline in week 0."]),
        ({"goal_templates.0.template": "Walk"}, ["The text lacks {target}.", "The text lacks {date}."]),
        ({"subtypes": ["carpal-tunnel-syndrome"]}, ["This condition is of another family."]),
        ({"phases.0.home_exercises.0.exercise": "moonwalk"}, ["There is no “moonwalk” among the exercises."]),
    ],
)  # fmt: skip
def test_a_protocol_is_refused_at_the_field_and_nothing_typed_is_lost(browser, clinic, change, refusal):
    told = protocol_fields(knowledge().protocols["sciatica-acute"]) | {"do": "save", "suits": "My own words"}
    answer = browser.post("/protocols/new/", told | change)
    assert answer.status_code == 422
    found = sorted(set(errors(answer)))
    assert found == sorted(refusal)
    page = answer.content.decode()
    assert "My own words" in page
    summary = re.search(r'<div class="error-summary".*?</div>', page, re.DOTALL)[0]
    leads = re.findall(r'href="#([^"]+)"', summary)
    assert leads
    assert all(f'id="{name}"' in page for name in leads)
    assert not Protocol.objects.filter(clinic=clinic).exists()


def test_a_protocol_is_changed_and_its_weeks_are_counted_again(browser, physio, course):
    row = add(PROTOCOLS, course, by=physio)
    told = protocol_fields(row.data) | {"do": "save", "seen": mark_of(row), "phases.0.weeks.default": "3"}
    assert browser.post(f"/protocols/{row.pk}/change/", told).url == f"/protocols/{row.pk}/"
    row.refresh_from_db()
    assert row.data["total_weeks"] == 3
    assert browser.post(f"/protocols/{row.pk}/change/", told).status_code == 409
    browser.post(f"/protocols/{row.pk}/retire/", {})
    assert row.name not in browser.get("/protocols/").content.decode()


def test_a_protocol_with_a_retired_exercise_says_so_where_it_stands(browser, physio, own, course):
    course["phases"][0]["home_exercises"] = [{"exercise": str(own.pk)}]
    row = add(PROTOCOLS, course, by=physio)
    retire(EXERCISES, own.pk, by=physio)
    assert own.name in browser.get(f"/protocols/{row.pk}/").content.decode()
    answer = browser.post(f"/protocols/{row.pk}/change/", protocol_fields(row.data) | {"do": "save"})
    assert errors(answer) == ["This was retired. Bring it back, or take another one."]


def test_htmx_gets_the_editor_alone_and_is_sent_on_when_it_is_kept(browser, clinic):
    told = protocol_fields(knowledge().protocols["sciatica-acute"])
    part = browser.post("/protocols/new/", told | {"do": "add:phases"}, headers={"HX-Request": "true"})
    assert "<html" not in part.content.decode()
    kept = browser.post("/protocols/new/", told | {"do": "save"}, headers={"HX-Request": "true"})
    assert kept["HX-Redirect"] == f"/protocols/{Protocol.objects.get(clinic=clinic).pk}/"


@pytest.mark.parametrize(
    ("text", "value"),
    [("3", 3), ("0,5", 0.5), ("৩", 3), ("-2", -2), ("inf", "inf"), ("1e400", "1e400"), ("x", "x")],
)
def test_numbers_are_read_as_people_write_them(text, value):
    assert read_number(text) == value


def test_an_empty_form_reads_as_nothing(rf):
    body = read(rf.post("/").POST)
    assert (body["name"], body["phases"], body["sources"]) == ("", [], [])


# --- who may, and what it costs --------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("role", "status"), [("physiotherapist", 200), ("admin", 200), ("assistant", 403), ("front_desk", 403)]
)
def test_only_those_who_may_edit_the_catalogue_write(client_for, own, role, status):
    client = client_for(role)
    for address in ("/exercises/new/", f"/exercises/{own.pk}/change/", "/protocols/new/"):
        assert client.get(address).status_code == status, address


def test_what_ships_and_what_is_another_clinics_is_not_changed(browser, client_for, other_clinic, own):
    stranger = client_for("physiotherapist", clinic=other_clinic)
    assert stranger.get(f"/exercises/{own.pk}/change/").status_code == 404
    assert stranger.post(f"/exercises/{own.pk}/retire/").status_code == 404
    assert stranger.get("/exercises/new/", {"from": str(own.pk)}).status_code == 404
    for public_id in ("calf-stretch-wall", "nothing"):
        assert browser.get(f"/exercises/{public_id}/change/").status_code == 404
        assert browser.post(f"/exercises/{public_id}/retire/").status_code == 404
    assert browser.get("/exercises/new/", {"from": "nothing"}).status_code == 404


def test_the_editors_cost_no_query_per_entry(browser, physio, stretch, course):
    row = add(EXERCISES, stretch, by=physio)
    course["phases"][0]["home_exercises"] = [{"exercise": str(row.pk)}]
    protocol = add(PROTOCOLS, course, by=physio)
    addresses = (
        f"/exercises/{row.pk}/",
        f"/exercises/{row.pk}/change/",
        f"/protocols/{protocol.pk}/",
        f"/protocols/{protocol.pk}/change/",
    )

    def queries():
        counts = []
        for address in addresses:
            with CaptureQueriesContext(connection) as seen:
                assert browser.get(address).status_code == 200
            counts.append(len(seen))
        return counts

    queries()
    change(EXERCISES, row.pk, {"aim": "By somebody."}, by=physio)
    change(PROTOCOLS, protocol.pk, {"suits": ["Somebody."]}, by=physio)
    before = queries()
    for number_ in range(4):
        more = add(EXERCISES, stretch, by=physio)
        change(EXERCISES, row.pk, {"aim": f"Aim {number_}."}, by=physio)
        course["phases"][0]["home_exercises"].append({"exercise": str(more.pk)})
    change(PROTOCOLS, protocol.pk, {"phases": course["phases"]}, by=physio)
    assert queries() == before
