"""The desk's ledger, as a page and over the API: what failed and whom to call, and sending it again."""

import re
from collections import Counter
from datetime import timedelta
from uuid import uuid4

import pytest

from bench.measure import Queries
from clinic import tenancy
from clinic.access import Role
from patients.models import CareTeam
from reminders.models import Reminder, State
from tests import factories
from tests.conftest import outside
from tests.reminders.desk import HOUR, NOON, beat, notice

URL = "/api/v1/reminders/"


@pytest.fixture
def failed(patient):
    return notice(
        patient, state=State.FAILED, last_error="the mail server refused the address (550)", attempts=1
    )


@pytest.fixture
def desk_client(client_for):
    return client_for(Role.FRONT_DESK)


def text_of(answer):
    html = answer.content.decode()
    assert answer.status_code == 200
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html[html.index("<main") : html.index("</main>")]))


# --- the page ---------------------------------------------------------------------------------------------------------
def test_who_has_to_be_called_comes_first(desk_client, clinic, failed, patient):
    old = factories.make_patient(clinic, given_name="Long", family_name="Ago")
    notice(old, NOON - 72 * HOUR, state=State.FAILED, useless_after=NOON - 48 * HOUR)
    answer = desk_client.get("/reminders/")
    text = text_of(answer)
    assert "1 message did not arrive and still matters." in text
    order = ("Call these people", "Ananya Sen", "Their time has passed", "Long Ago")
    assert sorted(order, key=text.index) == list(order)
    assert "The address was refused" in text
    assert f'href="tel:{patient.phone}"' in answer.content.decode()
    assert answer.content.decode().count("/retry/") == 1  # what is over is not sent again


def test_nobody_to_call(desk_client, noon):
    assert "Nobody to call" in text_of(desk_client.get("/reminders/"))


@pytest.mark.parametrize(
    ("show", "state", "error", "said"),
    [
        ("waiting", "pending", "", "Waiting"),
        ("waiting", "claimed", "", "Being sent"),
        ("waiting", "pending", "SMTPDataError", "Not reached yet, it is tried again"),
        ("sent", "sent", "", "Sent"),
        ("not-needed", "skipped", "already done", "Already done"),
        ("not-needed", "skipped", "no consent", "No consent to reminders"),
        ("not-needed", "cancelled", "", "Cancelled"),
    ],
)
def test_every_message_is_in_one_group_with_its_reason(show, state, error, said, desk_client, patient):
    notice(patient, state=state, last_error=error)
    assert said in text_of(desk_client.get(f"/reminders/?show={show}"))
    others = {"failed", "waiting", "sent", "not-needed"} - {show}
    assert not any("Ananya" in text_of(desk_client.get(f"/reminders/?show={group}")) for group in others)


@pytest.mark.parametrize("query", ["?show=x", "?page=999", "?page=x", "?page=-1"])
def test_odd_addresses_show_the_page(query, desk_client, failed):
    assert "Ananya" in text_of(desk_client.get(f"/reminders/{query}"))


def test_a_message_goes_out_again(desk_client, failed, post):
    assert desk_client.post(f"/reminders/{failed.pk}/retry/")["Location"] == "/reminders/"
    failed.refresh_from_db()
    assert (failed.state, failed.due_at, failed.attempts, failed.last_error) == ("pending", NOON, 0, "")
    assert beat() == Counter(sent=1)


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"state": "sent"}, "Only a failed message"),
        ({"useless_after": NOON, "due_at": NOON - HOUR}, "too late"),
    ],
)
def test_what_cannot_go_out_again_says_why(fields, said, desk_client, failed):
    Reminder.objects.filter(pk=failed.pk).update(**fields)
    assert said in desk_client.post(f"/reminders/{failed.pk}/retry/", follow=True).content.decode()


@pytest.mark.parametrize("rows", [1, 25])
def test_the_page_costs_the_same_whatever_it_shows(rows, desk_client, clinic, noon):
    for _ in range(rows):
        notice(factories.make_patient(clinic), state=State.FAILED)
    desk_client.get("/reminders/")
    with Queries() as queries:
        desk_client.get("/reminders/")
    assert len(queries.statements) == 6  # user, identities, clinic; to call, how many, rows with patients


def test_a_therapist_sees_the_messages_of_their_own_patients(client_for, member, patient, failed):
    physio = member(Role.PHYSIOTHERAPIST)
    assert "Ananya" not in text_of(client_for(physio).get("/reminders/"))
    assert client_for(physio).post(f"/reminders/{failed.pk}/retry/").status_code == 404
    CareTeam.objects.create(
        clinic_id=patient.clinic_id, patient=patient, member_id=physio.member_id, role="treating"
    )
    assert "Ananya" in text_of(client_for(physio).get("/reminders/"))


# --- the API ----------------------------------------------------------------------------------------------------------
def test_the_list_shows_no_text_and_no_name(api_for, failed, patient):
    (row,) = api_for(Role.FRONT_DESK).get(URL).json()["results"]
    assert row == {
        "id": str(failed.pk),
        "patient": str(patient.pk),
        "appointment": None,
        "plan": None,
        "kind": "other",
        "channel": "email",
        "due_at": "2027-01-04T12:00:00+05:30",
        "state": "failed",
        "attempts": 1,
        "last_error": "the mail server refused the address (550)",
        "finished_at": None,
    }


def test_the_list_is_narrowed(api_for, clinic, patient, failed):
    other = factories.make_patient(clinic)
    notice(other, NOON + HOUR, kind="notice")
    api = api_for(Role.ADMIN)

    def found(query):
        return [row["kind"] for row in api.get(URL + query).json()["results"]]

    assert found("") == ["notice", "other"]
    assert found(f"?patient={patient.pk}") == ["other"]
    assert found("?state=failed") == ["other"]
    assert found("?state=failed&state=pending") == ["notice", "other"]
    assert found("?kind=notice") == ["notice"]
    assert found(f"?patient={uuid4()}") == []
    for wrong in ("?state=lost", "?kind=x", "?patient=1"):
        assert api.get(URL + wrong).status_code == 400


def test_retry_over_the_api(api_for, failed):
    api = api_for(Role.FRONT_DESK)
    answer = api.post(f"{URL}{failed.pk}/retry/")
    assert (answer.status_code, answer.json()["state"]) == (200, "pending")
    again = api.post(f"{URL}{failed.pk}/retry/")
    assert (again.status_code, again.json()["code"]) == (409, "state")
    assert api.post(f"{URL}{uuid4()}/retry/").status_code == 404
    assert api.post(f"{URL}x/retry/").status_code == 404


def test_another_clinic_finds_nothing(api_for, member, failed, other_clinic):
    stranger = api_for(member(Role.ADMIN, clinic=other_clinic))
    assert stranger.get(URL).json()["count"] == 0
    assert stranger.get(f"{URL}{failed.pk}/").status_code == 404
    assert stranger.post(f"{URL}{failed.pk}/retry/").status_code == 404
    with outside(), tenancy.scope(failed.clinic_id):
        assert Reminder.objects.get(pk=failed.pk).state == State.FAILED


@pytest.mark.parametrize("role", [Role.PATIENT, Role.ASSISTANT])
def test_who_may_not_send_again(role, api_for, failed):
    assert api_for(role).post(f"{URL}{failed.pk}/retry/").status_code == 403


@pytest.mark.parametrize("rows", [1, 40])
def test_the_list_costs_the_same_whatever_it_shows(rows, api_for, patient):
    for number in range(rows):
        notice(patient, NOON + timedelta(minutes=number))
    api = api_for(Role.FRONT_DESK)
    api.get(URL)
    with Queries() as queries:
        assert api.get(URL).json()["count"] == rows
    assert len(queries.statements) == 5  # token with user, identities, clinic; count, rows
