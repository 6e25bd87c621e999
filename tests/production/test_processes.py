"""The commands of docker-compose.yml as plain processes, with their environment, under production settings.

The servers of the test run stand in for the containers of PostgreSQL and Redis; everything else is as the file says.
"""

import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg2
import pytest

from tests.production.compose import FILLED_IN, ROOT, services
from tools.launcher.commands import UNSERVED

pytestmark = pytest.mark.slow
NAME = "tonus_production_test"
HOST = FILLED_IN["TONUS_HOST"]
BIN = Path(sys.executable).parent
PATIENCE = 180  # seconds; a limit, nothing is asserted about the time


def renamed(url: str) -> str:
    """The same server and role, but the database of this test."""
    parts = urlsplit(url)  # its netloc is empty for a socket, and geturl() would then lose the slashes
    return f"{parts.scheme}://{parts.netloc}/{NAME}?{parts.query}"


def connect(url: str, name: str) -> Any:
    parts = urlsplit(url)
    query = dict(pair.split("=", 1) for pair in parts.query.split("&") if pair)
    connection = psycopg2.connect(
        dbname=name,
        user=parts.username or query.get("user"),
        password=parts.password,
        host=parts.hostname or query.get("host"),
        port=parts.port or query.get("port"),
    )
    connection.autocommit = True
    return connection


def alone(url: str, *statements: str) -> None:
    """Run statements that bear no transaction around them."""
    connection = connect(url, "tonus")
    for statement in statements:
        connection.cursor().execute(statement)
    connection.close()


@pytest.fixture(scope="module")
def environment(tmp_path_factory) -> Iterator[dict[str, str]]:
    """The stand-ins: an empty database, and the test run's broker."""
    owner, app, redis = (os.environ[n] for n in ("TONUS_OWNER_DATABASE_URL", "DATABASE_URL", "REDIS_URL"))
    alone(owner, f"DROP DATABASE IF EXISTS {NAME} WITH (FORCE)", f"CREATE DATABASE {NAME}")
    folder = tmp_path_factory.mktemp("production")
    yield {
        "DATABASE_URL": renamed(app),
        "TONUS_OWNER_DATABASE_URL": renamed(owner),
        "REDIS_URL": redis,
        "TONUS_DATA": str(folder),
        "TONUS_STATIC_ROOT": str(folder / "static"),
        "TMPDIR": str(folder),
    }
    alone(owner, f"DROP DATABASE IF EXISTS {NAME} WITH (FORCE)")


def started(name: str, stand_ins: dict[str, str], port: int = 0) -> subprocess.Popen:
    service = services()[name]
    ours = f"{stand_ins['TMPDIR']}/"
    service["environment"]["TONUS_METRICS_TOKEN"] = "figures"
    own = {key: str(value).replace("/tmp/", ours) for key, value in service["environment"].items() if value}
    keep = {key: stand_ins[key] for key in stand_ins if key in own or key in ("TMPDIR", "TONUS_STATIC_ROOT")}
    env = {"PATH": f"{BIN}:{os.environ['PATH']}", "LANG": "C.UTF-8", **own, **keep}
    command = [str(port) if part == "8000" else part for part in service["command"]]
    command = [part.replace("/tmp/", ours) for part in command]
    with open(Path(stand_ins["TMPDIR"]) / f"{name}.log", "wb") as log:
        return subprocess.Popen(command, cwd=ROOT, env=env, stdout=log, stderr=log, start_new_session=True)


def log_of(name: str, stand_ins: dict[str, str]) -> str:
    return (Path(stand_ins["TMPDIR"]) / f"{name}.log").read_text(errors="replace")


@pytest.fixture(scope="module")
def migrated(environment) -> dict[str, str]:
    process = started("migrate", environment)
    assert process.wait(PATIENCE * 2) == 0, log_of("migrate", environment)[-2000:]
    return environment


@pytest.fixture(scope="module")
def running(migrated) -> Iterator[dict[str, Any]]:
    """Everything up: web (with its static files collected as the image does), worker, beat."""
    collect = [sys.executable, "manage.py", "collectstatic", "--noinput"]
    collect += [part for pattern in UNSERVED for part in ("--ignore", pattern)]
    subprocess.run(
        collect,
        cwd=ROOT,
        env={**os.environ, "TONUS_ENV": "embedded", "TONUS_STATIC_ROOT": migrated["TONUS_STATIC_ROOT"]},
        check=True,
        capture_output=True,
    )
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    processes = {name: started(name, migrated, port) for name in ("web", "worker", "beat")}
    try:
        deadline = time.monotonic() + PATIENCE
        while ask(port, "/readyz")[0] != 200:
            assert time.monotonic() < deadline, log_of("web", migrated)[-2000:]
            time.sleep(0.1)
        yield {"port": port, "processes": processes, **migrated}
    finally:
        for process in processes.values():
            os.killpg(process.pid, signal.SIGTERM)
        for process in processes.values():
            process.wait(PATIENCE)


class NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_args: Any) -> None:
        return None


def ask(port: int, path: str, **headers: str) -> tuple[int, Any, str]:
    """Ask the web process as the proxy would."""
    request = urllib.request.Request(f"http://127.0.0.1:{port}{path}", headers={"Host": HOST, **headers})
    opener = urllib.request.build_opener(NoRedirect)
    try:
        with opener.open(request, timeout=10) as answer:
            return answer.status, answer.headers, answer.read().decode(errors="replace")
    except urllib.error.HTTPError as error:
        return error.code, error.headers, error.read().decode(errors="replace")
    except OSError as error:
        return 0, {}, str(error)


THROUGH_PROXY = {"X-Forwarded-Proto": "https", "X-Forwarded-For": "203.0.113.7"}


def test_web_is_ready_behind_the_proxy(running):
    status, headers, page = ask(running["port"], "/sign-in/", **THROUGH_PROXY)
    assert status == 200
    assert "max-age=31536000" in headers["Strict-Transport-Security"]
    assert "default-src 'none'" in headers["Content-Security-Policy"]
    assert "/static/css/tokens." in page  # a hashed name


def test_plain_http_is_sent_to_https(running):
    status, headers, _page = ask(running["port"], "/sign-in/")
    assert (status, headers["Location"]) == (301, f"https://{HOST}/sign-in/")


def test_a_host_that_is_not_ours_is_refused(running):
    assert ask(running["port"], "/sign-in/", **THROUGH_PROXY, Host="evil.example")[0] == 400


def test_no_outbox_no_parts_no_metrics_without_a_token(running):
    answers = {path: ask(running["port"], path, **THROUGH_PROXY)[0] for path in ("/parts/", "/metrics")}
    assert answers == {"/parts/": 404, "/metrics": 404}


def answered(running: dict[str, Any], view: str) -> float:
    """How often `view` was answered so far, as /metrics says."""
    status, _headers, page = ask(running["port"], "/metrics", Authorization="Bearer figures", **THROUGH_PROXY)
    assert status == 200
    found = re.findall(rf'^tonus_answers_total{{.*view="{view}".*}} (\S+)$', page, re.M)
    return sum(map(float, found))


def test_the_figures_are_those_of_all_web_processes_together(running):
    before = answered(running, "healthz")
    for _ in range(20):
        assert ask(running["port"], "/healthz", **THROUGH_PROXY)[0] == 200
    assert {answered(running, "healthz") for _ in range(6)} == {before + 20}


@pytest.mark.parametrize(
    "token", ["Bearer figureş", "Bearer ", "Bearer figures2", "Token figures", "Bearer \xff"]
)
def test_no_figures_for_another_token(running, token):
    told = {"Authorization": token.encode().decode("latin-1")}
    assert ask(running["port"], "/metrics", **told, **THROUGH_PROXY)[0] in (400, 404)


def test_a_linked_file_comes_compressed_and_for_good(running):
    _status, _headers, page = ask(running["port"], "/sign-in/", **THROUGH_PROXY)
    link = re.search(r"/static/css/tokens\.\w+\.css", page)[0]
    status, headers, _body = ask(running["port"], link, **THROUGH_PROXY, **{"Accept-Encoding": "br"})
    assert (status, headers["Content-Encoding"]) == (200, "br")
    assert "immutable" in headers["Cache-Control"]


def test_the_bare_error_page_finds_its_files(running):
    named = re.findall(r"/static/[\w./-]+", (ROOT / "templates/500.html").read_text())
    assert named
    assert {path: ask(running["port"], path, **THROUGH_PROXY)[0] for path in named} == dict.fromkeys(
        named, 200
    )


def test_healthcheck_of_the_container_passes(running):
    test = services()["web"]["healthcheck"]["test"][1:]
    env = {**os.environ, "TONUS_ALLOWED_HOSTS": HOST, "PORT": str(running["port"])}
    command = [str(BIN / "python"), *test[1:]]
    assert subprocess.run(command, cwd=ROOT, env=env, check=False).returncode == 0
    env["PORT"] = "1"
    assert subprocess.run(command, cwd=ROOT, env=env, capture_output=True, check=False).returncode != 0


def test_beat_wakes_the_worker(running):
    """The scan for due reminders goes round: beat sends it, the worker takes it."""
    deadline = time.monotonic() + PATIENCE
    while "send_due_reminders" not in log_of("worker", running):
        dead = [name for name, process in running["processes"].items() if process.poll() is not None]
        assert not dead, {name: log_of(name, running)[-1000:] for name in dead}
        assert time.monotonic() < deadline, log_of("worker", running)[-2000:]
        time.sleep(0.2)


def test_the_web_process_acts_behind_the_walls(running):
    connection = connect(running["DATABASE_URL"], NAME)
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user, (SELECT count(*) FROM catalogue_exercise) > 80")
        assert cursor.fetchone() == ("tonus_app", True)
    connection.close()
