"""`make run`: everything up with one command, killed and started again with nothing lost, twice side by side."""

import os
import signal
import time

import pytest

from tests.launcher.runner import PATIENCE, Run, free_port, tonus

pytestmark = pytest.mark.slow

COUNTED = ("patients/", "appointments/", "plans/", "reminders/")


@pytest.fixture(scope="module")
def started(tmp_path_factory):
    """A first start on an empty state folder. The tests of this module use it one after the other."""
    run = Run(tmp_path_factory.mktemp("launcher") / "state", free_port()).until_ready()
    kept = {"run": run}
    yield kept
    if kept["run"].process.poll() is None:
        kept["run"].end(signal.SIGKILL)


def counts(run):
    """How many rows the API of both clinics shows."""
    found = {}
    for clinic in ("demo", "other"):
        token = run.token(f"desk@{clinic}.tonus"), run.token(f"physio@{clinic}.tonus")
        for path in COUNTED:
            status, answer = run.ask(f"/api/v1/{path}?page_size=1", token=token[path == "plans/"])
            assert status == 200, answer
            found[clinic, path] = answer["count"]
    return found


def test_first_start_is_ready_and_says_where_and_who(started):
    run = started["run"]
    assert run.ask("/readyz")[0] == 200
    assert f"http://127.0.0.1:{run.port}/" in run.said
    for login in ("physio@demo.tonus", "desk@demo.tonus", "patient@other.tonus"):
        assert login in run.said
    me = run.ask("/api/v1/auth/me/", token=run.token("patient@demo.tonus"))
    assert (me[0], me[1]["role"], me[1]["clinic"]["slug"]) == (200, "patient", "demo")
    found = counts(run)
    assert found["demo", "patients/"] >= 40
    assert found["other", "patients/"] >= 1


def test_a_second_run_on_the_same_folder_is_told_who_has_it(started):
    done = tonus("run", TONUS_DATA=str(started["run"].state), PORT=str(free_port()))
    assert done.returncode == 1
    assert "make run" in done.stderr
    assert str(started["run"].process.pid) in done.stderr
    assert "Traceback" not in done.stderr


def test_a_port_that_is_taken_is_said_at_once(started, tmp_path):
    done = tonus("run", TONUS_DATA=str(tmp_path / "state"), PORT=str(started["run"].port))
    assert done.returncode == 1
    assert f"PORT={started['run'].port}" in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "state" / "pg" / "PG_VERSION").exists()


def test_a_dead_child_is_started_again(started):
    run = started["run"]
    workers = [pid for pid in run.children() if "celery" in _command(pid)]
    os.kill(min(workers), signal.SIGKILL)
    deadline = time.monotonic() + PATIENCE
    while "starting it again" not in run.said:
        assert time.monotonic() < deadline
        time.sleep(0.1)
    assert run.ask("/readyz")[0] == 200


def _command(pid):
    try:
        with open(f"/proc/{pid}/cmdline", "rb") as file:
            return file.read().replace(b"\0", b" ").decode(errors="replace")
    except OSError:
        return ""


def test_killed_hard_it_leaves_nothing_running_and_loses_nothing(started):
    run = started["run"]
    before = counts(run)
    desk = run.token("desk@demo.tonus")
    person = {"given_name": "Ananya", "family_name": "Kept", "phone": "+919830099999"}
    status, patient = run.ask("/api/v1/patients/", person, token=desk)
    assert status == 201

    assert run.end(signal.SIGKILL) == -signal.SIGKILL
    deadline = time.monotonic() + PATIENCE
    while run.children():
        assert time.monotonic() < deadline, run.children()
        time.sleep(0.1)

    again = started["run"] = Run(run.state, run.port).until_ready()
    assert again.ask(f"/api/v1/patients/{patient['id']}/", token=again.token("desk@demo.tonus"))[0] == 200
    after = counts(again)
    assert after["demo", "patients/"] == before["demo", "patients/"] + 1
    assert {key: after[key] for key in after if key != ("demo", "patients/")} == {
        key: before[key] for key in before if key != ("demo", "patients/")
    }, "a second start doubles nothing"
    assert "Loading" not in again.said  # nothing has changed, so nothing is done again


def test_asked_to_stop_it_stops_in_order_and_cleanly(started):
    run = started["run"]
    assert run.end(signal.SIGTERM) == 0
    assert "Stopped. All data is kept." in run.said
    assert run.children() == []
    log = (run.state / "log" / "postgres.log").read_text(errors="replace")
    assert "database system is shut down" in log


def test_backup_and_restore_bring_everything_back(started):
    state = str(started["run"].state)
    dump = started["run"].state.parent / "tonus.dump"
    assert tonus("backup", str(dump), TONUS_DATA=state).returncode == 0
    count = "from patients.models import Patient; print(Patient.objects.count())"
    asked = ("manage", "shell", "-v", "0", "-c", count)
    before = tonus(*asked, TONUS_DATA=state).stdout.split()[-1]
    wipe = (
        "from django.db import connection; connection.cursor().execute('TRUNCATE patients_patient CASCADE')"
    )
    wiped = tonus("manage", "shell", "-v", "0", "-c", wipe, TONUS_DATA=state)
    assert wiped.returncode == 0, wiped.stderr
    assert tonus(*asked, TONUS_DATA=state).stdout.split()[-1] == "0"
    done = tonus("restore", str(dump), TONUS_DATA=state)
    assert done.returncode == 0, done.stderr
    assert tonus(*asked, TONUS_DATA=state).stdout.split()[-1] == before
