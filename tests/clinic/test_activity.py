"""The activity log: what was done, in plain sentences, for the admin."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from clinic import audit_views
from clinic.access import Role
from tests.patients.counting import queries_of

ACTIVITY = "/activity/"


@pytest.fixture
def physio(member):
    return member(Role.PHYSIOTHERAPIST, name="Anirban Sen")


@pytest.fixture
def office(client_for):
    return client_for(Role.ADMIN, name="Kavita Rao")


@pytest.fixture
def deed(physio, api_for, patient):
    """Change a patient as the physiotherapist; each time to another name."""
    api = api_for(physio)
    names = iter(range(100))

    def change():
        api.patch(f"/api/v1/patients/{patient.pk}/", {"family_name": f"Das{next(names)}"})

    return change


SENTENCE = "Anirban Sen changed a patient’s details: family name."


def html_of(office, **query):
    answer = office.get(ACTIVITY, query)
    assert answer.status_code == 200
    return answer.content.decode()


def test_it_says_who_did_what_to_which_record(office, deed, patient):
    deed()
    html = html_of(office)
    assert SENTENCE in html
    assert patient.reference in html
    assert "Das0" not in html


def test_it_is_filtered_by_person_record_and_day(office, deed, patient, physio):
    deed()
    today, stranger = timezone.localdate(), str(uuid4())
    for query in ({"user": physio.user_id}, {"patient": patient.pk}, {"day": today}):
        assert SENTENCE in html_of(office, **query), query
    assert SENTENCE not in html_of(office, user=office.who.user_id)
    assert SENTENCE not in html_of(office, patient=stranger)
    assert "Nothing found" in html_of(office, day=today - timedelta(days=1))


def test_older_ones_follow(office, deed, monkeypatch):
    monkeypatch.setattr(audit_views, "ROWS", 2)
    for _ in range(5):
        deed()
    url, seen = ACTIVITY, 0
    while url:
        html = office.get(url).content.decode()
        seen += html.count(SENTENCE)
        _before, link, after = html.partition('href="?before=')
        url = link and f"{ACTIVITY}?before={after.partition(chr(34))[0]}"
    assert seen == 5


@pytest.mark.parametrize("query", [{"user": "x"}, {"day": "31.02.26"}, {"day": "x"}], ids=str)
def test_a_filter_that_cannot_be_is_refused_at_its_field(query, office):
    answer = office.get(ACTIVITY, query)
    assert answer.status_code == 422
    assert f'id="id_{next(iter(query))}_error"' in answer.content.decode()


@pytest.mark.parametrize("query", [{"patient": "x"}, {"before": "x"}, {"before": "1~2~3"}], ids=str)
def test_a_broken_address_leads_nowhere(query, office):
    assert office.get(ACTIVITY, query).status_code == 404


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
def test_the_ends_of_the_calendar_are_refused(day, office):
    assert office.get(ACTIVITY, {"day": day}).status_code == 422


def test_it_costs_the_same_however_much_was_done(office, deed):
    deed()
    few = queries_of(lambda: office.get(ACTIVITY))
    for _ in range(5):
        deed()
    assert len(queries_of(lambda: office.get(ACTIVITY))) == len(few) <= 12
