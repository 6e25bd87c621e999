"""PostgreSQL and Valkey of one state folder, or those that DATABASE_URL and REDIS_URL name; and the environment for both."""

import os
import re
import signal
import subprocess
from functools import partial
from pathlib import Path

from . import processes
from .postgres import APP, OWNER, Postgres
from .refusal import Refused
from .state import State
from .supervisor import Supervisor
from .valkey import Valkey

# Asked inside .venv, whose drivers speak TLS: the wheel's own psql does not.
ASK_DATABASE = """
import sys, psycopg2
try:
    with psycopg2.connect(sys.argv[1], connect_timeout=5) as c, c.cursor() as cursor:
        cursor.execute("SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = 'tonus_app')")
        sys.exit(None if cursor.fetchone()[0] else
                 "that server has no role tonus_app; a superuser runs deploy/postgres/roles.sql on it once")
except psycopg2.Error as error:
    sys.exit(" ".join(str(error).split()) or type(error).__name__)
"""
ASK_REDIS = """
import sys, redis
try:
    redis.Redis.from_url(sys.argv[1], socket_connect_timeout=5, socket_timeout=5).ping()
except (redis.RedisError, ValueError, OSError) as error:
    sys.exit(" ".join(str(error).split()) or type(error).__name__)
"""


class Servers:
    """What the product stands on. `env` is the whole environment of whoever uses it."""

    def __init__(self, state: State, checkout: Path, python: Path, *, mode: str) -> None:
        self.state, self.checkout, self.python = state, checkout, python
        fragile = mode == "test"
        own_database, own_redis = not os.environ.get("DATABASE_URL"), not os.environ.get("REDIS_URL")
        self.postgres = Postgres(state, checkout, fragile=fragile) if own_database else None
        self.valkey = Valkey(state, checkout, fragile=fragile) if own_redis else None
        self.env = self._environment(mode)

    def _environment(self, mode: str) -> dict[str, str]:
        env = {k: v for k, v in os.environ.items() if not k.startswith("PG")}
        env |= {
            "TONUS_ENV": mode,
            "TONUS_DATA": str(self.state.path),
            "TONUS_SECRET_KEY": self.state.secret_key(),
            "TONUS_STATIC_ROOT": os.environ.get("TONUS_STATIC_ROOT") or str(self.state.path / "static"),
        }
        if self.postgres:
            env |= {
                "DATABASE_URL": self.postgres.url(APP),
                "TONUS_OWNER_DATABASE_URL": self.postgres.url(OWNER),
            }
        else:
            env.setdefault("TONUS_OWNER_DATABASE_URL", env["DATABASE_URL"])
        if self.valkey:
            env["REDIS_URL"] = self.valkey.url
        return env

    def start(self, supervisor: Supervisor) -> None:
        """Start both as children of `supervisor`, or see that the ones named elsewhere answer."""
        left = self.state.remembered()
        processes.clear_away(left, f"TONUS_DATA={self.state.path}")
        if self.postgres:
            supervisor.watch(self.postgres.child, self._start_postgres)
        else:
            self._check_database()
        if self.valkey:
            supervisor.watch(self.valkey.child, self.valkey.start)
        else:
            self._ask(ASK_REDIS, "REDIS_URL")

    def _start_postgres(self) -> None:
        try:
            self.postgres.start()
        except Refused:
            if not self.postgres.fragile:
                raise
            self.postgres.child.stop()
            self.state.forget_database()  # tests run without fsync: after a power cut it may be torn, and nobody misses it
            self.postgres.start()

    def _check_database(self) -> None:
        for name in ("DATABASE_URL", "TONUS_OWNER_DATABASE_URL"):
            self._ask(ASK_DATABASE, name)
        if not os.environ.get("TONUS_OWNER_DATABASE_URL"):
            print(
                "TONUS_OWNER_DATABASE_URL is not set, so DATABASE_URL is used for everything: its role sees past the "
                "walls between clinics. Good enough to try Tonus out, not for patients.",
                flush=True,
            )

    def _ask(self, script: str, name: str) -> None:
        done = subprocess.run(
            [str(self.python), "-c", script, self.env[name]],
            capture_output=True,
            text=True,
            env=self.env,
            check=False,
        )
        if done.returncode != 0:
            lines = done.stderr.strip().splitlines() or ["no answer"]
            raise Refused(f"{name} cannot be used: {lines[-1]}")

    def manage(self, *arguments: str) -> int:
        """Run manage.py in the foreground and return its exit code; as the owner, who sees and may change everything."""
        command = [str(self.python), "manage.py", *arguments]
        return subprocess.run(command, cwd=self.checkout, env=self.owner_env, check=False).returncode

    def begin(self, *arguments: str) -> "Step":
        """Start manage.py as the owner, beside whatever else runs; `finish()` waits for it."""
        return Step(self, arguments)

    @property
    def owner_env(self) -> dict[str, str]:
        return self.env | {"TONUS_AS_OWNER": "1"}


class Step:
    """A run of manage.py whose words go to a log."""

    def __init__(self, servers: Servers, arguments: tuple[str, ...]) -> None:
        self.name = arguments[0]
        self.log = servers.state.path / "log" / f"{self.name}.log"
        with open(self.log, "wb") as out:
            self.process = subprocess.Popen(
                [str(servers.python), "manage.py", *arguments],
                cwd=servers.checkout,
                env=servers.owner_env,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=out,
                preexec_fn=partial(processes.die_with_parent, os.getpid(), signal.SIGKILL),
            )

    def finish(self) -> None:
        """Wait for it. Raises Refused with its last error when it failed."""
        if self.process.wait() != 0:
            raise Refused(
                f"`manage.py {self.name}` failed: {_reason(self.log.read_text())} (all of it: {self.log})"
            )


def _reason(text: str) -> str:
    """Return what a program of Django complained of last, in one line: from the error's name to the end."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    named = [
        n for n, line in enumerate(lines) if re.match(r"[\w.]+(Error|Exception|Configured|Exists)\b.*:", line)
    ]
    return " ".join(lines[named[-1] if named else -1 :])[:400] or "no message"


def check_urls() -> None:
    """Refuse addresses that can be seen to be wrong before anything is installed or started."""
    for name in ("DATABASE_URL", "TONUS_OWNER_DATABASE_URL"):
        if (url := os.environ.get(name)) and not url.startswith(("postgres://", "postgresql://")):
            raise Refused(f"{name} must begin with postgres:// — Tonus runs on PostgreSQL alone.")
    if os.environ.get("TONUS_OWNER_DATABASE_URL") and not os.environ.get("DATABASE_URL"):
        raise Refused("TONUS_OWNER_DATABASE_URL is set and DATABASE_URL is not; set both or neither.")
    if (url := os.environ.get("REDIS_URL")) and not url.startswith(("redis://", "rediss://", "unix://")):
        raise Refused("REDIS_URL must begin with redis://, rediss:// or unix://.")
