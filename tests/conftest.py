"""The test bench: a real PostgreSQL, acting as the app role behind the walls; people of every role, signed in."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.conf import settings
from django.core.cache import cache
from django.core.management import call_command, get_commands
from django.db import connection
from django.db.backends.signals import connection_created
from django.test import Client, TransactionTestCase
from django.utils import timezone
from rest_framework.test import APIClient
from xdist.scheduler import LoadScopeScheduling

from clinic import tenancy
from clinic.access import Access, Role
from clinic.auth_api import STAFF_TOKEN, issue_token
from clinic.middleware import identity_key
from clinic.models import Clinic
from tests import factories

# Workers share one Valkey. With keys of its own each empties its cache without signing the others out of theirs.
settings.CACHES["default"]["KEY_PREFIX"] = f"test-{os.environ.get('PYTEST_XDIST_WORKER', 'alone')}"

SHIPPED = ("catalogue_", "django_", "auth_permission", "auth_group", "clinic_clinic")


# --- which tests stay together on one worker ------------------------------------------------------------------------
TOGETHER = {
    "tests/e2e/": "the product as processes",
    "tests/launcher/test_run.py": "the launcher",
    "tests/production/test_processes.py": "production",
    "tests/test_demo.py": "the demo",
    "tests/scheduling/test_races.py": "many connections",  # one after another: the server takes 200
    "tests/reminders/test_claims.py": "many connections",
}


class Together(LoadScopeScheduling):
    """Each test goes to whichever worker is free, but those of a group go to one.

    pytest-xdist's own groups write a name into the test's id, which pytest 9.2 takes no notice of.
    """

    def _split_scope(self, nodeid: str) -> str:
        return next((group for start, group in TOGETHER.items() if nodeid.startswith(start)), nodeid)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Together:
    return Together(config, log)


# --- the database: made by the owner, used as the app role ----------------------------------------------------------
@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None) -> None:
    """Two people testing in one checkout give their databases different names."""
    if suffix := os.environ.get("TONUS_TEST_DB_SUFFIX"):
        settings = connection.settings_dict["TEST"]
        settings["NAME"] = f"{settings.get('NAME') or 'test_tonus'}_{suffix}"


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> None:
    with django_db_blocker.unblock():
        if "load_catalogue" in get_commands():
            call_command("load_catalogue", verbosity=0)
        act_as_app(None, connection)
    connection_created.connect(act_as_app)


def act_as_app(sender: Any, connection: Any, **_kwargs: Any) -> None:
    """Owners see past the walls, and so prove nothing: in every test database we are the app role."""
    if (connection.settings_dict["NAME"] or "").startswith("test_"):
        with connection.cursor() as cursor:
            cursor.execute("SET ROLE tonus_app")


def _empty(self: Any) -> None:
    """After a test that commits: take away what it wrote, and leave what the product ships."""
    with connection.cursor() as cursor:
        cursor.execute("RESET ROLE")
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        names = [name for (name,) in cursor.fetchall()]
        emptied = [
            n
            for n in names
            if not n.startswith(SHIPPED)
            or n in ("catalogue_hiddenentry", "clinic_clinicevent", "django_admin_log")
        ]
        cursor.execute("TRUNCATE " + ", ".join(emptied))
        cursor.execute("DELETE FROM catalogue_exercise WHERE clinic_id IS NOT NULL")
        cursor.execute("DELETE FROM catalogue_protocol WHERE clinic_id IS NOT NULL")
        cursor.execute("DELETE FROM clinic_clinic")
        cursor.execute("TRUNCATE clinic_clinicevent, django_session")
        cursor.execute("SET ROLE tonus_app")


TransactionTestCase._fixture_teardown = _empty


def forget_cache() -> None:
    """Empty the cache of this worker, and never that of the others: `cache.clear()` would take theirs away under their feet."""
    client = cache._cache.get_client(write=True)
    if keys := list(client.scan_iter(f"{cache.key_prefix}:*")):
        client.delete(*keys)


@pytest.fixture(autouse=True)
def no_cache_between_tests() -> None:
    forget_cache()


# --- clinics and scopes ---------------------------------------------------------------------------------------------
@contextmanager
def outside() -> Iterator[None]:
    """Leave the test's own scope for a while: a request or a task opens its own."""
    before = tenancy.current_clinic_id()
    if before:
        tenancy._set("")
    yield
    if before and not connection.needs_rollback:
        tenancy._set(before)


@pytest.fixture
def other_clinic(db: None) -> Clinic:
    """A second clinic, to see that the two never meet. It is made before the test's own scope opens."""
    return factories.make_clinic(slug="other", name="Other Clinic")


@pytest.fixture
def clinic(other_clinic: Clinic) -> Iterator[Clinic]:
    """The clinic of the test, its scope open and its zone active for the whole test, as in a request of its own."""
    clinic = factories.make_clinic(slug="demo", name="Alipore Nerve Clinic")
    with tenancy.scope(clinic.pk), timezone.override(clinic.zone):
        yield clinic


@pytest.fixture
def patient(clinic: Clinic) -> Any:
    return factories.make_patient(clinic)


@pytest.fixture
def member(clinic: Clinic) -> Callable[..., Access]:
    """Make somebody of the staff (or a patient) and return their Access: `member("physiotherapist")`."""

    def make(role: str = Role.PHYSIOTHERAPIST, clinic: Clinic = clinic, **fields: Any) -> Access:
        with outside():
            return factories.make_access(clinic, role, **fields)

    return make


@pytest.fixture
def physio(member: Callable[..., Access]) -> Access:
    return member(Role.PHYSIOTHERAPIST)


@pytest.fixture
def desk(member: Callable[..., Access]) -> Access:
    return member(Role.FRONT_DESK)


# --- who calls ------------------------------------------------------------------------------------------------------
class ClinicClient(Client):
    """Django's client, signed in as somebody; every call is a request of its own, outside the test's scope."""

    who: Access | None = None

    def request(self, **request: Any) -> Any:
        with outside():
            return super().request(**request)


class ClinicAPIClient(APIClient):
    who: Access | None = None

    def request(self, **request: Any) -> Any:
        with outside():
            return super().request(**request)


def sign_in(who: Access) -> ClinicClient:
    client = ClinicClient()
    client.who = who
    client.force_login(factories.user_of(who), backend=settings.AUTHENTICATION_BACKENDS[0])
    session = client.session
    session["identity"] = identity_key(who)
    session.save()
    return client


@pytest.fixture
def client_for(member: Callable[..., Access]) -> Callable[..., ClinicClient]:
    """A browser of somebody with `role` (or of a given Access): `client_for("front_desk")`."""

    def make(role: str | Access, **fields: Any) -> ClinicClient:
        return sign_in(role if isinstance(role, Access) else member(role, **fields))

    return make


@pytest.fixture
def api_for(member: Callable[..., Access]) -> Callable[..., ClinicAPIClient]:
    """A program of somebody with `role` (or of a given Access), by token."""

    def make(role: str | Access, **fields: Any) -> ClinicAPIClient:
        who = role if isinstance(role, Access) else member(role, **fields)
        key, _expires = issue_token(factories.user_of(who), lasts=STAFF_TOKEN, patient=who.patient_id)
        client = ClinicAPIClient()
        client.who = who
        client.credentials(HTTP_AUTHORIZATION=f"Token {key}")
        return client

    return make
