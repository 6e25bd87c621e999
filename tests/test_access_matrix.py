"""Who may open what: every address of the product, as every role, and as the other clinic."""

import pytest
from django.db import transaction
from django.urls.converters import UUIDConverter

from clinic.access import Role, may
from tests.conftest import outside, sign_in
from tests.routes import routes
from tests.world import furnish

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


OWN_IDS = {"id", "public_id"}  # a catalogue entry: a word where it ships, a UUID where it is the clinic's own
WITH_ID = [
    route
    for route in ROUTES
    if any(isinstance(kind, UUIDConverter) or name in OWN_IDS for name, kind in route.converters)
]


def call(client, route, method, key):
    """Ask for one thing, undo what that did, return the status. What is not there is 404 before the (empty) body is read."""
    url = route.url(any=key, id=key, public_id=key, name="check-in")
    with transaction.atomic():
        answer = getattr(client, method)(url, content_type="application/json")
        transaction.set_rollback(True)
    return answer.status_code


@pytest.fixture
def worlds(clinic, other_clinic):
    """Two clinics with a row of every kind."""
    with outside():
        theirs = furnish(other_clinic, "Zubeida")
    return furnish(clinic), theirs


def test_the_other_clinic_finds_nothing_where_ones_own_does(worlds):
    """Every address with an id, with the id of a row that its own clinic finds there: 404 for the other."""
    mine, theirs = worlds
    keys = [found[0] for found in mine.ids.values() if found]
    own = [sign_in(who) for who in (mine.staff, mine.patient)]
    strangers = [sign_in(who) for who in (theirs.staff, theirs.patient)]
    unproven, leaks = [], []
    for route in WITH_ID:
        methods = [method for method in route.methods if route.capability(method) is not None]
        is_patients = any(route.capability(method).startswith("me.") for method in methods)
        for method in methods:
            found = (key for key in keys if call(own[is_patients], route, method, key) not in (404, 405))
            if (key := next(found, None)) is not None:
                keys.remove(key)
                keys.insert(0, key)  # addresses beside each other are of one kind
                break
        else:
            if methods and not {name for name, _kind in route.converters} & OWN_IDS:
                unproven.append(route.path)
            continue
        for method in methods:
            if (answer := call(strangers[is_patients], route, method, key)) not in (404, 405):
                leaks.append((method, route.path, answer))
    assert not leaks
    assert not unproven, "the world of the tests has nothing for these: add it to tests/world.py"


def test_what_a_role_may_not_is_refused_for_real_things_as_well(worlds, member):
    """A physiotherapist's page of a real patient is 403 for the desk, and anything of the staff's is 403 for a patient."""
    mine, _theirs = worlds
    keys = [found[0] for found in mine.ids.values() if found]
    wrong = []
    for role in (Role.FRONT_DESK, Role.PATIENT):
        client = sign_in(mine.patient if role == Role.PATIENT else member(role))
        for route in WITH_ID:
            for method in route.methods:
                capability = route.capability(method)
                if capability is None or may((role,), capability):
                    continue
                for key in keys[:1]:
                    if (answer := call(client, route, method, key)) not in (403, 405):
                        wrong.append((role, method, route.path, answer))
    assert not wrong
