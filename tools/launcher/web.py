"""The web server: its port, and when it is ready."""

import http.client
import os
import socket
import time
from collections.abc import Callable
from pathlib import Path

from .processes import Child
from .refusal import Refused
from .servers import Servers
from .supervisor import Supervisor

DEFAULT_PORT, TRIED_PORTS = 8000, 50
WORKERS, THREADS = 2, 4
PATIENCE = 90  # seconds until /readyz must have answered


class Place:
    """The address the web server listens at, held for it as long as we live.

    Our socket is bound but does not listen: connections go to the web server, which shares the port, while another
    launcher finds it taken, even between two starts of the server.
    """

    def __init__(self) -> None:
        self.host = os.environ.get("HOST") or "127.0.0.1"
        if asked := os.environ.get("PORT"):
            self._hold(_port(asked), f"PORT={asked} cannot be used on {self.host}")
            return
        for port in range(DEFAULT_PORT, DEFAULT_PORT + TRIED_PORTS):
            try:
                self._hold(port, "")
                return
            except Refused:
                continue
        self._hold(0, f"No port is free on {self.host}")

    def _hold(self, port: int, complaint: str) -> None:
        try:
            family, *_rest, address = socket.getaddrinfo(self.host, port, type=socket.SOCK_STREAM)[0]
            held = socket.socket(family, socket.SOCK_STREAM)
            held.setsockopt(
                socket.SOL_SOCKET, socket.SO_REUSEADDR, 1
            )  # connections of the last run still linger
            held.bind(address)
        except OSError as error:
            raise Refused(
                f"{complaint}: {(error.strerror or str(error)).lower()}; choose another PORT or HOST."
            ) from None
        held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 0)
        self._held, self.port = held, held.getsockname()[1]

    @property
    def reached_at(self) -> str:
        """The host by which this machine reaches it."""
        return {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(self.host, self.host)

    @property
    def url(self) -> str:
        host = f"[{self.reached_at}]" if ":" in self.reached_at else self.reached_at
        return f"http://{host}:{self.port}"

    def environment(self) -> dict[str, str]:
        """What the product must know of where it is reached."""
        told = os.environ.get("TONUS_ALLOWED_HOSTS", "")
        names = [name for name in told.split(",") if name] + ["localhost", "127.0.0.1", "[::1]"]
        if self.host not in ("0.0.0.0", "::"):
            names.append(self.host)
        return {
            "TONUS_BASE_URL": os.environ.get("TONUS_BASE_URL") or self.url,
            "TONUS_ALLOWED_HOSTS": ",".join(dict.fromkeys(names)),
        }


def _port(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 1 <= int(text) <= 65535):
        raise Refused(f"PORT={text} is not a port; use a number from 1 to 65535.")
    return int(text)


def server(servers: Servers, place: Place) -> Child:
    command = [str(servers.python.with_name("granian")), "--interface", "wsgi", "--no-ws"]
    command += ["--host", place.host, "--port", str(place.port)]
    command += ["--workers", str(WORKERS), "--blocking-threads", str(THREADS), "--backpressure", "64"]
    return _child(servers, "web", [*command, "clinic.wsgi:application"])


def worker(servers: Servers) -> Child:
    """One Celery worker with beat inside it: enough for one machine."""
    beat = ["--beat", "--schedule", str(servers.state.path / "celerybeat-schedule")]
    command = [str(servers.python.with_name("celery")), "-A", "clinic", "worker", "--concurrency", "1", *beat]
    return _child(servers, "worker", [*command, "--without-gossip", "--without-mingle"])


def _child(servers: Servers, name: str, command: list[str]) -> Child:
    log = servers.state.path / "log" / f"{name}.log"
    return Child(name, command, log=log, env=servers.env, cwd=Path(servers.checkout))


def wait_until_ready(place: Place, supervisor: Supervisor, *, also: Callable[[], bool]) -> None:
    """Return when /readyz says 200 and `also` holds. Raises Refused with what is missing when that takes too long."""
    deadline, answer = time.monotonic() + PATIENCE, ""
    while time.monotonic() < deadline:
        supervisor.look()
        ready, answer = ask_ready(place)
        if ready and also():
            return
        time.sleep(0.05)
    web = next(child for child in supervisor.children if child.name == "web")
    raise Refused(f"Tonus was not ready within {PATIENCE} s: {answer or 'no answer'} (log: {web.log})")


def ask_ready(place: Place) -> tuple[bool, str]:
    line = http.client.HTTPConnection(place.reached_at, place.port, timeout=10)
    try:
        line.request("GET", "/readyz", headers={"Host": "localhost"})
        answer = line.getresponse()
        return answer.status == 200, answer.read(2000).decode(errors="replace")
    except (OSError, http.client.HTTPException) as error:
        return False, str(error)
    finally:
        line.close()
