"""The launcher as people start it: a process of its own, with a state folder and a port of its own."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
TONUS = [sys.executable, "tools/tonus.py"]
PATIENCE = 240  # seconds; a limit, nothing is asserted about the time
OURS = ("TONUS_", "DATABASE_URL", "REDIS_URL", "EMAIL_URL", "PORT", "HOST")


def clean_env(**changed: str) -> dict[str, str]:
    """The environment of somebody who has set nothing, but for `changed`."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith(OURS)}
    return kept | changed


def tonus(*arguments: str, **env: str) -> subprocess.CompletedProcess:
    """Run a command of the launcher to its end."""
    return subprocess.run(
        [*TONUS, *arguments],
        cwd=ROOT,
        env=clean_env(**env),
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


class Run:
    """`run` in the background."""

    def __init__(self, state: Path, port: int, **env: str) -> None:
        self.state, self.port = state, port
        self.output = state.with_suffix(".out")
        with open(self.output, "wb") as out:
            self.process = subprocess.Popen(
                [*TONUS, "run"],
                cwd=ROOT,
                env=clean_env(TONUS_DATA=str(state), PORT=str(port), **env),
                stdout=out,
                stderr=out,
                start_new_session=True,
            )

    @property
    def said(self) -> str:
        return self.output.read_text(errors="replace")

    def until_ready(self) -> "Run":
        deadline = time.monotonic() + PATIENCE
        while "Tonus is ready" not in self.said:
            assert self.process.poll() is None, self.said
            assert time.monotonic() < deadline, self.said
            time.sleep(0.1)
        return self

    def ask(self, path: str, body: Any = None, token: str = "") -> tuple[int, Any]:
        headers = {"Content-Type": "application/json"} | (
            {"Authorization": f"Token {token}"} if token else {}
        )
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}{path}", data=data, headers=headers)
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return answer.status, json.loads(answer.read() or b"null")
        except urllib.error.HTTPError as error:
            return error.code, json.loads(error.read() or b"null")

    def token(self, email: str) -> str:
        status, answer = self.ask("/api/v1/auth/token/", {"email": email, "password": "tonus-demo"})
        assert status == 200, answer
        return answer["token"]

    def children(self) -> list[int]:
        """The processes whose environment names this state folder, but the launcher itself."""
        found = []
        for proc in Path("/proc").glob("[0-9]*"):
            try:
                environ = (proc / "environ").read_bytes()
                is_zombie = (proc / "stat").read_text().rsplit(")", 1)[1].split()[0] == "Z"
            except OSError:
                continue
            if (
                f"TONUS_DATA={self.state}\0".encode() in environ
                and not is_zombie
                and int(proc.name) != self.process.pid
            ):
                found.append(int(proc.name))
        return found

    def end(self, with_signal: int = signal.SIGTERM) -> int:
        self.process.send_signal(with_signal)
        return self.process.wait(PATIENCE)
