"""The calendar by API: the contract's shapes, every refusal, who may what, and what it costs."""

import pytest

from tests import factories
from tests.scheduling.visits import at


@pytest.fixture
def therapist(clinic, physio):
    return factories.make_resource(clinic, "therapist", member_id=physio.member_id)


@pytest.fixture
def room(clinic):
    return factories.make_resource(clinic, "room")


@pytest.fixture
def kind(clinic):
    return factories.make_type(clinic)


@pytest.fixture
def api(desk, api_for):
    return api_for(desk)


@pytest.fixture
def wish(patient, kind, therapist, room):
    return {
        "patient": str(patient.pk),
        "type": str(kind.pk),
        "start": at().isoformat(),
        "resources": [str(therapist.pk), str(room.pk)],
    }


def test_a_visit_is_booked(api, wish):
    answer = api.post("/api/v1/appointments/", wish)
    assert answer.status_code == 201, answer.json()
    visit = answer.json()
    assert visit | wish == visit
    assert visit["end"] == at("10:45").isoformat()
    assert api.get(f"/api/v1/appointments/{visit['id']}/").json() == visit
    assert api.get("/api/v1/appointments/").json()["results"] == [visit]
    again = api.post("/api/v1/appointments/", wish)
    assert again.status_code == 409, again.json()
