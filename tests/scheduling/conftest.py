"""A practice to book in: a therapist (the physiotherapist), a room, a device, and treatments of 45 minutes."""

import pytest

from tests import factories
from tests.scheduling.visits import booked


@pytest.fixture
def therapist(clinic, physio):
    return factories.make_resource(clinic, "therapist", member_id=physio.member_id)


@pytest.fixture
def room(clinic):
    return factories.make_resource(clinic, "room")


@pytest.fixture
def device(clinic):
    return factories.make_resource(clinic, "device", equipment="tens-unit")


@pytest.fixture
def kind(clinic):
    return factories.make_type(clinic)


@pytest.fixture
def visit(desk, patient, therapist, room):
    """Monday at 10:00, 45 minutes."""
    return booked(desk, patient, therapist, room)
