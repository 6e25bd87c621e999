"""What REF costs when a real server answers it: the goals count the server's share, which a call in this process lacks.

The server is the product's own, one worker with one thread, asked over one kept connection. Its share is the same for every
page, so it is measured with REF and added to all.
"""

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import django
from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler

CALLS = 2000
TICK = os.sysconf("SC_CLK_TCK")


def application() -> WSGIHandler:
    """REF alone, as in reference.py, for the server to import."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "clinic.settings")
    django.setup()
    from bench.reference import USUAL

    settings.MIDDLEWARE, settings.ROOT_URLCONF = USUAL, "bench.urls"
    settings.ALLOWED_HOSTS = ["127.0.0.1"]
    return WSGIHandler()


def share(in_process: Callable[[], float], rounds: int = 3) -> float:
    """Return the server's share of a request as a part of what REF costs in this process, from the quietest of a few rounds."""
    served, alone = zip(*((cpu_ms(), in_process()) for _ in range(rounds)), strict=True)
    return max(min(served) / min(alone) - 1, 0)


def cpu_ms() -> float:
    """Return the CPU of one REF, the server's share included."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [str(Path(sys.executable).with_name("granian")), "--interface", "wsgi", "--no-ws", "--factory"]
    command += ["--host", "127.0.0.1", "--port", str(port), "--workers", "1", "--blocking-threads", "1"]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    server = subprocess.Popen([*command, "bench.served:application"], start_new_session=True, **quiet)
    try:
        _ask(port, 200)
        before = _used(server.pid)
        _ask(port, CALLS)
        return (_used(server.pid) - before) / CALLS * 1000
    finally:
        os.killpg(server.pid, signal.SIGTERM)
        server.wait()


def _ask(port: int, times: int) -> None:
    line = http.client.HTTPConnection("127.0.0.1", port)
    for patience in range(200):
        try:
            line.connect()
            break
        except OSError:
            if patience == 199:
                raise
            time.sleep(0.1)
    for _ in range(times):
        line.request("GET", "/bench/ref/")
        answer = line.getresponse()
        answer.read()
        assert answer.status == 200, answer.status


def _used(group: int) -> float:
    """Return the CPU seconds of all processes of a group."""
    ticks = 0
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[2]) == group:
            ticks += int(fields[11]) + int(fields[12])
    return ticks / TICK
