"""The commands: what each does, in order."""

import argparse
import datetime
import errno
import os
import shlex
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from . import environment, machine, quality, servers, web
from .processes import die_with_parent
from .refusal import Refused
from .servers import Servers
from .state import State, digest_of, folder_for
from .supervisor import Supervisor

CHECKOUT = Path(__file__).resolve().parents[2]
EMBEDDED, TEST = "embedded", "test"
PASSWORD = "tonus-demo"
LOGINS = {
    "demo": [
        "admin@demo.tonus",
        "physio@demo.tonus",
        "physio2@demo.tonus",
        "desk@demo.tonus",
        "patient@demo.tonus",
    ],
    "other": ["admin@other.tonus", "physio@other.tonus", "desk@other.tonus", "patient@other.tonus"],
}
# Of the libraries' files, those no page of ours uses: they cost half a minute to compress, and one does not resolve.
UNSERVED = ("django_htmx", "rest_framework", "redoc", "swagger-ui-es*")

PASSING_ON = ("test", "test-all", "manage", "bench")  # what follows them is for pytest, manage.py, the bench


def main(arguments: list[str] | None = None) -> int:
    """Run one command and return its exit code. Whatever goes wrong outside our code is one sentence, not a traceback."""
    given = sys.argv[1:] if arguments is None else arguments
    own = (
        1 if given and given[0] in PASSING_ON else len(given)
    )  # argparse would take a first --option for its own
    told = _parser().parse_args(given[:own])
    told.rest = given[own:]
    _listen_to_signals()
    try:
        return told.command(told)
    except Refused as reason:
        print(f"tonus: {reason}", file=sys.stderr, flush=True)
    except KeyboardInterrupt:
        print("tonus: stopped before it was done.", file=sys.stderr, flush=True)
        return 130
    except OSError as error:
        where = f" ({error.filename})" if error.filename else ""
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            print(f"tonus: The disk is full{where}; make room and start again.", file=sys.stderr, flush=True)
        else:
            print(f"tonus: {error.strerror or error}{where}.", file=sys.stderr, flush=True)
    return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="tonus.py", description="Run, test and look after Tonus on this machine."
    )
    commands = parser.add_subparsers(required=True, metavar="command")

    def command(name: str, function: object, text: str) -> argparse.ArgumentParser:
        sub = commands.add_parser(name, help=text, description=text, add_help=name not in PASSING_ON)
        sub.set_defaults(command=function, name=name)
        return sub

    command("run", run, "start everything and print where it is; Ctrl-C stops it")
    for name in ("test", "test-all"):
        command(
            name, test, "run the linters and the tests; arguments go to pytest (and then only the tests run)"
        )
    command("lint", lint, "run the linters alone")
    sub = command(
        "services", services, "start only PostgreSQL and Valkey, and print the environment to use them with"
    )
    sub.add_argument(
        "--test", action="store_true", help="those of the tests: fast, and not safe against a power cut"
    )
    command("manage", manage, "run manage.py on the data of `run`, whether that is running or not")
    command("bench", bench, "measure pages and API calls; arguments go to the bench")
    sub = command("backup", backup, "write the database into a file")
    sub.add_argument("file", nargs="?", type=Path)
    sub = command(
        "restore", restore, "replace the database by what a backup holds; not while `run` is running"
    )
    sub.add_argument("file", type=Path)
    command("lock", lock, "maintainers: renew requirements*.lock (needs uv)")
    return parser


def _listen_to_signals() -> None:
    def stop(_number: int, _frame: object) -> None:
        raise KeyboardInterrupt

    signal.signal(signal.SIGINT, stop)
    signal.signal(signal.SIGTERM, stop)
    if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:  # nohup asked to be left alone
        signal.signal(signal.SIGHUP, stop)
    parent = os.getppid()
    if sys.platform == "linux" and _name(parent) == "make":
        die_with_parent(parent, signal.SIGTERM)  # `make` killed is Tonus stopped


def _name(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/comm").read_text().strip()
    except OSError:
        return ""


# --- the steps that commands share ----------------------------------------------------------------------------------
def _check_machine() -> None:
    """Refuse what can be seen to be wrong before anything is made."""
    if os.environ.get("TONUS_ENV") == "production":
        raise Refused(
            "TONUS_ENV=production is not for this launcher, whose database is for trying out; docs/configuration.md."
        )
    machine.check()
    servers.check_urls()


@contextmanager
def _started(mode: str, what: str, *parts: str) -> Iterator[tuple[Servers, Supervisor]]:
    """Own a state folder and run its servers until the block ends."""
    _check_machine()
    state = State(folder_for(CHECKOUT, *parts)).open()
    state.lock(what)
    python = environment.prepare(CHECKOUT, environment.DEV if mode == TEST else environment.RUN)
    os.umask(0o077)
    both = Servers(state, CHECKOUT, python, mode=mode)
    with Supervisor(state) as supervisor:
        both.start(supervisor)
        yield both, supervisor


@contextmanager
def _borrowed(what: str) -> Iterator[Servers]:
    """Use the servers of `run`: the running ones, or ones started just for this."""
    state = State(folder_for(CHECKOUT))
    if state.path.exists() and state.is_locked():
        _check_machine()
        yield Servers(state.open(), CHECKOUT, environment.prepare(CHECKOUT, environment.RUN), mode=EMBEDDED)
        return
    with _started(EMBEDDED, what) as (both, _supervisor):
        yield both


# --- run ------------------------------------------------------------------------------------------------------------
def run(_told: argparse.Namespace) -> int:
    began = time.monotonic()
    place = web.Place()
    with _started(EMBEDDED, "make run") as (both, supervisor):
        both.env |= place.environment()
        _fill(both)
        supervisor.watch(web.worker(both))
        supervisor.watch(web.server(both, place))
        worker_waits = both.valkey.has_waiting_worker if both.valkey else lambda: True
        web.wait_until_ready(place, supervisor, also=worker_waits)
        print(_welcome(both, place, time.monotonic() - began), flush=True)
        try:
            while True:
                time.sleep(0.2)
                supervisor.look()
        except KeyboardInterrupt:
            print("\nStopping: web, worker, Valkey, PostgreSQL …", flush=True)
    print("Stopped. All data is kept.", flush=True)
    return 0


def _fill(both: Servers) -> None:
    """Bring the static files and the database up to this checkout; each step only when its input has changed."""
    lock = CHECKOUT / environment.RUN
    statics = digest_of(CHECKOUT / "static", lock, extra=" ".join(UNSERVED))
    migrations = digest_of(*sorted(CHECKOUT.glob("*/migrations")), lock, pattern="*.py")
    demo = sorted([*CHECKOUT.glob("*/management/commands/load_demo.py"), *CHECKOUT.glob("*/demo*")])
    steps = {
        "migrate": ("Preparing the database", migrations),
        # It keeps the pictures for papers, too; the manifest has the hash of each.
        "load_catalogue": (
            "Loading the catalogue",
            digest_of(CHECKOUT / "catalogue", CHECKOUT / "figures" / "manifest.json"),
        ),
        # Once a day: what it shows is relative to today.
        "load_demo": ("Loading the demo clinics", digest_of(*demo, extra=str(datetime.date.today()))),
    }
    collecting = None
    if not both.state.is_done("collectstatic", statics):
        print("Collecting static files …", flush=True)
        ignored = (part for pattern in UNSERVED for part in ("--ignore", pattern))
        collecting = both.begin(
            "collectstatic", "--noinput", "--clear", *ignored
        )  # slow: it compresses, beside the rest
    for step, (text, digest) in steps.items():
        if both.postgres and both.state.is_done(step, digest):
            continue  # (a database elsewhere may have been changed behind our back: there every step is done)
        print(f"{text} …", flush=True)
        both.begin(step, *(["--noinput"] if step == "migrate" else [])).finish()
        both.state.mark_done(step, digest)
    if collecting:
        collecting.finish()
        both.state.mark_done("collectstatic", statics)


def _welcome(both: Servers, place: web.Place, seconds: float) -> str:
    people = "\n".join(f"    clinic {slug:<6} {'  '.join(logins)}" for slug, logins in LOGINS.items())
    data = both.state.path
    note = ""
    if place.host in ("0.0.0.0", "::") and not os.environ.get("TONUS_ALLOWED_HOSTS"):
        note = "\n    From other machines: set TONUS_ALLOWED_HOSTS to the names or addresses they use.\n"
    return f"""
Tonus is ready after {seconds:.1f} s:  {place.url}/

    API and its pages   {place.url}/api/v1/docs/
    Mail and SMS sent   {place.url}/outbox/   (as an admin; nothing leaves this machine)

  Demo logins, all with password {PASSWORD}:
{people}

    Data {data}   Logs {data / "log"}{note}
  Ctrl-C stops everything; the data stays."""


# --- test and lint --------------------------------------------------------------------------------------------------
def test(told: argparse.Namespace) -> int:
    """Run the linters (on a whole run) and pytest against servers of our own; fail when either does."""
    with _started(TEST, "make test", "test") as (both, supervisor):
        if told.name == "test-all":
            both.env["TONUS_NEED_BROWSER"] = "1"  # a missing browser is then a failure, not a skip
        failed = [] if told.rest else quality.check(both)
        # one worker more than cores: there is always one that waits for a server or a browser
        workers = str((os.cpu_count() or 1) + 1)
        pytest = [str(both.python), "-m", "pytest", "-n", workers, "--dist", "loadgroup", *told.rest]
        code = _watched(pytest, both, supervisor)
        if failed:
            print(f"The tests aside, these failed (see above): {', '.join(failed)}", flush=True)
    return code or int(bool(failed))


def lint(_told: argparse.Namespace) -> int:
    with _started(TEST, "make lint", "test") as (both, _supervisor):
        return int(bool(quality.check(both)))


def _watched(command: list[str], both: Servers, supervisor: Supervisor) -> int:
    """Run a command in the foreground, keeping the servers up under it; return its exit code."""
    process = subprocess.Popen(command, cwd=CHECKOUT, env=both.env)
    try:
        while process.poll() is None:
            time.sleep(0.1)
            supervisor.look()
        return process.returncode
    finally:
        if process.poll() is None:
            process.terminate()
            process.wait()


# --- helpers for developers -----------------------------------------------------------------------------------------
def services(told: argparse.Namespace) -> int:
    mode, parts = (TEST, ("test",)) if told.test else (EMBEDDED, ())
    with _started(mode, "tonus.py services", *parts) as (both, supervisor):
        names = (
            "TONUS_ENV",
            "TONUS_DATA",
            "TONUS_SECRET_KEY",
            "DATABASE_URL",
            "TONUS_OWNER_DATABASE_URL",
            "REDIS_URL",
        )
        for name in names:
            print(f"export {name}={shlex.quote(both.env[name])}")
        print("# running; Ctrl-C stops both", flush=True)
        try:
            while True:
                time.sleep(0.2)
                supervisor.look()
        except KeyboardInterrupt:
            return 0


def manage(told: argparse.Namespace) -> int:
    with _borrowed("tonus.py manage") as both:
        return both.manage(*told.rest)


def bench(told: argparse.Namespace) -> int:
    """Measure on a state of its own, so that what it fills in stays out of the demo."""
    with _started(EMBEDDED, "make bench", "bench") as (both, supervisor):
        _fill(both)
        return _watched([str(both.python), "-m", "bench", *told.rest], both, supervisor)


# --- backups --------------------------------------------------------------------------------------------------------
def backup(told: argparse.Namespace) -> int:
    """Write the database into one file, as its owner (who sees all clinics). Uploaded files lie beside it in the state."""
    with _borrowed("tonus.py backup") as both:
        _need_own_database(both)
        file = told.file or both.state.path / "backup" / f"tonus-{time.strftime('%Y%m%d-%H%M%S')}.dump"
        file.parent.mkdir(parents=True, exist_ok=True)
        draft = file.with_name(file.name + ".part")
        _program(
            both,
            "pg_dump",
            "--format=custom",
            f"--file={draft}",
            f"--dbname={both.env['TONUS_OWNER_DATABASE_URL']}",
        )
        draft.chmod(0o600)
        draft.replace(file)
        print(
            f"Wrote {file} ({file.stat().st_size // 1024} kB). Uploaded files are not in it: {both.state.path / 'uploads'}"
        )
    return 0


def restore(told: argparse.Namespace) -> int:
    """Fill a new database from a backup and, when all of it is there, put it in the place of the old one."""
    if not told.file.is_file():
        raise Refused(f"There is no file {told.file}.")
    with _started(EMBEDDED, "tonus.py restore") as (both, _supervisor):
        _need_own_database(both)
        postgres = both.postgres

        def sql(*statements: str) -> None:
            each = [part for statement in statements for part in ("-c", statement)]
            postgres.psql(*each, what="The restore stopped, the old database is untouched")

        sql("DROP DATABASE IF EXISTS tonus_restored", "CREATE DATABASE tonus_restored OWNER tonus_owner")
        sql(
            "REVOKE ALL ON DATABASE tonus_restored FROM PUBLIC",
            "GRANT CONNECT ON DATABASE tonus_restored TO tonus_app",
        )
        target = postgres.url("tonus_owner", "tonus_restored")
        _program(
            both,
            "pg_restore",
            "--exit-on-error",
            "--no-owner",
            f"--dbname={target}",
            str(told.file.absolute()),
        )
        sql("DROP DATABASE IF EXISTS tonus", "ALTER DATABASE tonus_restored RENAME TO tonus")
        both.state.forget_done("collectstatic")
        print(f"Restored {told.file}. `make run` brings it up to this version.")
    return 0


def _need_own_database(both: Servers) -> None:
    if not both.postgres:
        raise Refused(
            "DATABASE_URL names a server of its own; use pg_dump and pg_restore of that server's version."
        )


def _program(both: Servers, name: str, *arguments: str) -> None:
    done = subprocess.run(
        [str(both.postgres.bin / name), *arguments],
        env=both.postgres.env,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        lines = done.stderr.strip().splitlines() or ["no message"]
        raise Refused(f"{name} failed: {lines[-1]}")


# --- maintainers ----------------------------------------------------------------------------------------------------
def lock(_told: argparse.Namespace) -> int:
    """Renew both lock files for the oldest Python we support; the second stands on the first."""
    compile_ = [
        "uv",
        "pip",
        "compile",
        "--universal",
        "--generate-hashes",
        "--python-version",
        "3.11",
        "--no-annotate",
    ]
    for extra in (
        ["pyproject.toml", "-o", environment.RUN],
        [
            "pyproject.toml",
            "--group",
            "dev",
            "--group",
            "browser",
            "-c",
            environment.RUN,
            "-o",
            environment.DEV,
        ],
    ):
        try:
            subprocess.run(
                [*compile_, "--upgrade", *extra], cwd=CHECKOUT, stdout=subprocess.DEVNULL, check=True
            )
        except FileNotFoundError:
            raise Refused(
                "uv is needed for this (pip install uv); only maintainers renew the lock."
            ) from None
        except subprocess.CalledProcessError:
            return 1
    return 0
