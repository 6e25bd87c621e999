"""A patient at noon on a Monday with a plan of two sessions, and their browser."""

import pytest
import time_machine

from clinic.access import Role
from tests import factories
from tests.conftest import outside
from tests.reminders.desk import NOON, STRETCH, prescribe

BRIDGE = {"exercise": "glute-bridge", "times": ["19:00"]}


@pytest.fixture
def noon():
    with time_machine.travel(NOON, tick=False) as clock:
        yield clock


@pytest.fixture
def me(clinic, patient, noon):
    """The Access of the patient."""
    with outside():
        return factories.make_access(clinic, Role.PATIENT, patient=patient)


@pytest.fixture
def phone(me, client_for):
    return client_for(me)


@pytest.fixture
def plan(patient, physio, noon):
    return prescribe(patient, physio, STRETCH, BRIDGE)


@pytest.fixture
def stretch(plan):
    return plan.phases.first().home_items.get(exercise__slug="calf-stretch-wall")
