"""Browser tests: a real Chromium before the real processes, on a database of their own with the demo clinics in it.

Everything here lives no longer than this package: a running Playwright would keep other tests from the database.
"""

import contextlib
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlencode

import psycopg2
import pytest
from django.db import connection

from tests.e2e.stack import ROOT, Stack, mailbox

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
FLAGS = [
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"),
    *("--disable-component-update", "--disable-sync", "--force-color-profile=srgb"),
]
NEEDED = os.environ.get("TONUS_NEED_BROWSER") == "1"
NAME = "tonus_e2e"
# In the console: refusals are answers too (500 is looked for apart), leaving a page ends its requests, and a network may break.
EXPECTED = ("Failed to load resource", "htmx:afterRequest", "htmx:sendAbort", "htmx:sendError")

# It is about noon in the clinic whenever the tests run, so that the day's visits and sessions lie around it.
FILL = """
import django; django.setup()
from datetime import timedelta
from django.utils import timezone
from workspace.demo import cast, loading, practice
loading.PEOPLE["demo"] = cast.DEMO[:16] + cast.DEMO[-7:]
practice.PRACTICES["demo"] |= {{"timezone": "{zone}", "quiet_from": "03:00", "quiet_until": "03:00"}}
loading.load(timezone.now())
"""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.xdist_group("e2e"))
            item.add_marker(pytest.mark.django_db)  # so that the tests' database is made, to copy it


def need(thing: object, name: str) -> None:
    """Skip when something is not installed, unless it was said that it must be."""
    if not thing:
        (pytest.fail if NEEDED else pytest.skip)(f"{name} is not installed")


def noon_zone() -> str:
    """Return the zone of whole hours in which it is about noon now."""
    hours = 12 - datetime.now(UTC).hour
    return f"Etc/GMT{-hours:+d}" if hours else "Etc/UTC"


@pytest.fixture
def _django_db_helper() -> None:
    """Open no database here: the processes do, and Playwright's loop would forbid it."""


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Any:
    """Leave a picture of what the last page looked like when a test failed."""
    report = (yield).get_result()
    if report.failed and report.when == "call" and (pages := getattr(item, "pages", None)):
        picture = Path(tempfile.gettempdir()) / f"{item.name}.png"
        with contextlib.suppress(Exception):
            pages[-1].screenshot(path=picture, full_page=True)
            report.sections.append(("Last page", f"{pages[-1].url}  {picture}"))


@pytest.fixture(scope="package")
def world(django_db_setup: None, django_db_blocker: Any, tmp_path_factory: Any) -> Iterator[SimpleNamespace]:
    """The database, a copy of the tests' own with the demo loaded, the static files, and a mail server."""
    need(CHROMIUM, "Chromium")
    folder = tmp_path_factory.mktemp("e2e")
    with django_db_blocker.unblock():
        settings = connection.settings_dict
        owner, app = (
            f"postgres:///{NAME}?{urlencode({'host': settings['HOST'], 'user': user})}"
            for user in ("tonus_owner", "tonus_app")
        )
        make_database(settings["NAME"])
        connection.close()
    env = os.environ | {
        "DJANGO_SETTINGS_MODULE": "clinic.settings",
        "TONUS_ENV": "embedded",
        "TONUS_DATA": str(folder),
        "TONUS_STATIC_ROOT": str(folder / "static"),
        "DATABASE_URL": owner,
        "TONUS_OWNER_DATABASE_URL": owner,
    }
    skipped = [
        f"--ignore={name}" for name in ("admin", "rest_framework", "drf_spectacular_sidecar", "django_htmx")
    ]
    steps = [
        subprocess.Popen(
            [sys.executable, *arguments],
            cwd=ROOT,
            env=env,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        for arguments in (
            ["-c", FILL.format(zone=noon_zone())],
            ["manage.py", "collectstatic", "--noinput", "-v0", *skipped],
        )
    ]
    for step in steps:
        said, _none = step.communicate()
        assert step.returncode == 0, said
    with mailbox() as mail, contextlib.closing(psycopg2.connect(owner)) as line:
        line.autocommit = True

        def sql(statement: str, *values: object) -> None:
            with line.cursor() as cursor:
                cursor.execute(statement, values)

        yield SimpleNamespace(
            folder=folder, owner=owner, app=app, mail=mail, static=folder / "static", sql=sql
        )


def make_database(template: str) -> None:
    """Copy the tests' database, which nobody may be connected to meanwhile."""
    settings = connection.settings_dict
    connection.close()
    line = psycopg2.connect(host=settings["HOST"], user="tonus_owner", dbname="postgres")
    line.autocommit = True
    with line.cursor() as cursor:
        cursor.execute(f"DROP DATABASE IF EXISTS {NAME} WITH (FORCE)")
        cursor.execute(f"CREATE DATABASE {NAME} TEMPLATE {template}")
    line.close()


@pytest.fixture(scope="package")
def stacks(world: SimpleNamespace) -> Iterator[Callable[[str], Stack]]:
    """Start the processes on a broker ("valkey" or "redis") when they are first asked for."""
    running: dict[str, Stack] = {}

    def start(broker: str) -> Stack:
        if broker not in running:
            folder = world.folder / broker
            folder.mkdir()
            running[broker] = Stack(folder, world.app, world.owner, broker, world.mail, world.static)
            running[broker].up()
        return running[broker]

    yield start
    for stack in running.values():
        stack.down()


@pytest.fixture(params=["valkey", "redis"])
def each_stack(request: pytest.FixtureRequest, stacks: Callable[[str], Stack]) -> Stack:
    if request.param == "redis":
        need(shutil.which("redis-server"), "redis-server")
    return stacks(request.param)


@pytest.fixture
def stack(stacks: Callable[[str], Stack]) -> Stack:
    return stacks("valkey")


@pytest.fixture(scope="package")
def chromium(world: SimpleNamespace) -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    patch = pytest.MonkeyPatch()
    patch.setenv(
        "DJANGO_ALLOW_ASYNC_UNSAFE", "1"
    )  # Playwright runs a loop in this thread; Django is not in it
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def browse(chromium: Any, request: pytest.FixtureRequest) -> Iterator[Callable[..., Any]]:
    """Open a browser of somebody's own; the test fails when a page broke a rule of its policy or a script of its own."""
    contexts: list[Any] = []
    said: list[str] = []
    request.node.pages = []

    def note(message: Any) -> None:
        if message.type == "error" and not message.text.startswith(EXPECTED):
            said.append(message.text)

    def look(answer: Any) -> None:
        if answer.status >= 500 or (answer.status == 404 and "/static/" in answer.url):
            said.append(f"{answer.status} {answer.url}")

    def make(stack: Stack, email: str = "", **options: Any) -> Any:
        context = chromium.new_context(base_url=stack.url, **options)
        context.set_default_timeout(8000)
        contexts.append(context)
        page = context.new_page()
        request.node.pages.append(page)
        page.on("console", note)
        page.on("response", look)
        page.on("pageerror", lambda error: said.append(str(error)))
        page.said = said
        if email:
            sign_in(page, email)
        return page

    yield make
    for context in contexts:
        context.close()
    assert not said, "\n".join(dict.fromkeys(said))


def sign_in(page: Any, email: str, password: str = "tonus-demo") -> None:
    page.goto("/sign-in/")
    page.fill("input[name=login]", email)
    page.fill("input[name=password]", password)
    page.click("form .btn--primary")
    page.wait_for_url(lambda url: "/sign-in/" not in url)
