"""Who may open what: every address of the product, as every role, and as the other clinic."""

import pytest

from clinic.access import Role, may
from tests import factories
from tests.conftest import outside, sign_in
from tests.routes import routes

ROUTES = routes()
API = [route for route in ROUTES if route.is_api]
PAGES = [route for route in ROUTES if not route.is_api]
name = lambda route: route.path  # noqa: E731


@pytest.mark.parametrize("route", ROUTES, ids=name)
def test_every_address_declares_who_may_come(route):
    assert route.is_declared, f"{route.path}: use needs(), public() or permission_classes"
    for method in route.methods:
        route.capability(method)


@pytest.mark.parametrize("route", ROUTES, ids=name)
def test_strangers_are_turned_away(route, db, client):
    for method in route.methods:
        if route.capability(method) is None:
            continue
        answer = getattr(client, method)(route.url())
        if route.is_api:
            assert answer.status_code == 401, (method, route.path)
        else:
            assert answer.status_code == 302, (method, route.path)
            assert answer["Location"].startswith("/sign-in/")


@pytest.mark.parametrize("role", list(Role))
def test_a_role_that_may_not_gets_403_whether_or_not_the_thing_exists(role, member, api_for, client_for):
    who = member(role)
    api, browser = api_for(who), client_for(who)
    wrong = []
    for route in ROUTES:
        for method in route.methods:
            capability = route.capability(method)
            if capability in (None, "signed in"):
                continue
            caller = api if route.is_api else browser
            answer = getattr(caller, method)(route.url())
            allowed = may(who.roles, capability)
            if (allowed and answer.status_code in (401, 403)) or (
                not allowed and answer.status_code not in (403, 405)
            ):
                wrong.append((method, route.path, capability, answer.status_code))
            if answer.status_code >= 500:
                wrong.append((method, route.path, "500"))
    assert not wrong


@pytest.fixture
def everything(clinic, other_clinic):
    """One row of every kind in the test's clinic; their ids are what the other clinic will try."""
    from django.apps import apps

    from careplans.models import CarePlan
    from patients.models import Diagnosis, SafetyFlag
    from reminders.models import Reminder
    from scheduling.models import Appointment, Booking

    patient = factories.make_patient(clinic)
    kind, room = factories.make_type(clinic), factories.make_resource(clinic)
    span = factories.minutes_from(factories.NINE_ON_MONDAY, 0, 45)
    visit = Appointment.objects.create(clinic=clinic, patient=patient, type=kind, span=span)
    Booking.objects.create(clinic=clinic, appointment=visit, resource=room, span=span)
    condition = apps.get_model("catalogue.Condition").objects.filter(family__isnull=False).first()
    flag = apps.get_model("catalogue.Flag").objects.first()
    rows = [patient, kind, room, visit, CarePlan.objects.create(clinic=clinic, patient=patient)]
    rows.append(Diagnosis.objects.create(clinic=clinic, patient=patient, condition=condition))
    rows.append(SafetyFlag.objects.create(clinic=clinic, patient=patient, flag=flag, regions=["left-calf"]))
    rows.append(
        Reminder.objects.create(
            clinic=clinic,
            patient=patient,
            kind="notice",
            subject=visit.pk,
            occurrence="x",
            due_at=factories.NINE_ON_MONDAY,
            useless_after=span.upper,
        )
    )
    return [row.pk for row in rows]


@pytest.mark.parametrize("role", [Role.ADMIN, Role.PHYSIOTHERAPIST, Role.FRONT_DESK, Role.PATIENT])
def test_the_other_clinic_finds_nothing(role, everything, other_clinic):
    with outside():
        stranger = factories.make_access(other_clinic, role)
        browser = sign_in(stranger)
    found = []
    for route in ROUTES:
        if not any(kind.__class__.__name__ == "UUIDConverter" for _name, kind in route.converters):
            continue
        for key in everything:
            for method in route.methods:
                if route.capability(method) is None:
                    continue
                answer = getattr(browser, method)(route.url(any=key), content_type="application/json")
                if answer.status_code not in (403, 404, 405):
                    found.append((method, route.path, answer.status_code))
    assert not found
