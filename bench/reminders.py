"""How fast due reminders leave: what a claim costs, mails a second through a worker and the broker, and that none goes twice.

The mail server is a sink in a process of its own. What the rest is held against is the rate of
mail alone, measured in the same run.
"""

import asyncio
import multiprocessing
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from bench.prepare import GENERATED
from clinic import doors, tenancy
from clinic.models import Clinic
from reminders import services, tasks
from reminders.channels import Message, open_channels
from reminders.models import LIVE, Channel, Kind, Reminder, State

CLAIMERS = 4
PATIENCE = 300  # seconds
GOALS = (
    "goals: claim p50 10 ms; 500 a second and half of mail alone, one worker; 10,000 in 30 s; no duplicate"
)


def main() -> int:
    clinics = _clinics()
    due = _make_due(clinics)
    print(f"{due} reminders due in {len(clinics)} clinics, among {_rows(clinics)} rows. {GOALS}")

    times = [_claim_once() for _ in range(30)]
    print(
        f"claim of {services.BATCH}: p50 {statistics.median(times) * 1000:.1f} ms, longest {max(times) * 1000:.1f} ms"
    )

    claimed = _together(CLAIMERS, _claim_all)
    print(f"{CLAIMERS} claimers at once: {len(claimed)} claimed, {len(claimed) - len(set(claimed))} twice")

    with _sink() as (port, received):
        alone = _mail_alone(port)
        print(f"mail alone: {alone:.0f} a second")
        due, before = _make_due(clinics), received.value
        with _worker(port):
            began = time.perf_counter()
            tasks.send_due_reminders.delay()
            _until(lambda: received.value - before >= due)
            took = time.perf_counter() - began
        time.sleep(0.5)  # a mail too many would still come
        rate = due / took
        print(
            f"through one worker: {due} in {took:.1f} s, {rate:.0f} a second, {rate / alone:.0%} of mail alone,"
            f" {received.value - before - due} too many"
        )
    return 0


# --- what is due ----------------------------------------------------------------------------------------------------
def _clinics() -> list[Any]:
    found = []
    for clinic_id in doors.clinic_ids():
        with tenancy.scope(clinic_id):
            clinic = Clinic.objects.get(pk=clinic_id)
            if clinic.slug.startswith(GENERATED):
                Clinic.objects.filter(pk=clinic_id).update(quiet_from="00:00", quiet_until="00:00")
                found.append(clinic_id)
    return found


def _make_due(clinics: list[Any]) -> int:
    """Make the next session of every running plan due now where it goes by mail; return how many there are."""
    now, due = timezone.now(), 0
    for clinic_id in clinics:
        with tenancy.scope(clinic_id):
            live = Reminder.objects.for_clinic(clinic_id).filter(kind=Kind.HOME_EXERCISE, state__in=LIVE)
            due += live.filter(channel=Channel.EMAIL).update(
                state=State.PENDING,
                claimed_at=None,
                due_at=now - timedelta(minutes=1),
                useless_after=now + timedelta(hours=2),
            )
    return due


def _rows(clinics: list[Any]) -> int:
    total = 0
    for clinic_id in clinics:
        with tenancy.scope(clinic_id):
            total += Reminder.objects.for_clinic(clinic_id).count()
    return total


# --- claims ---------------------------------------------------------------------------------------------------------
def _claim_once() -> float:
    """Claim a batch and let it go again; return the seconds of the claim."""
    with transaction.atomic():
        began = time.perf_counter()
        services.claim()
        took = time.perf_counter() - began
        transaction.set_rollback(True)
    return took


def _claim_all() -> list[str]:
    claimed: list[str] = []
    while batch := services.claim():
        claimed += (pk for _clinic, pk in batch)
    return claimed


def _together(many: int, work: Callable[[], list[str]]) -> list[str]:
    def run(_number: int) -> list[str]:
        try:
            return work()
        finally:
            connection.close()

    with ThreadPoolExecutor(many) as pool:
        return [one for found in pool.map(run, range(many)) for one in found]


# --- mail -----------------------------------------------------------------------------------------------------------
@contextmanager
def _sink() -> Iterator[tuple[int, Any]]:
    """Run a mail server that takes everything; yield its port and the count of what it took."""
    fork = multiprocessing.get_context("fork")
    port, received = fork.Value("i", 0), fork.Value("i", 0)
    process = fork.Process(target=_serve, args=(port, received), daemon=True)
    process.start()
    try:
        _until(lambda: port.value)
        yield port.value, received
    finally:
        process.terminate()
        process.join()


def _serve(port: Any, received: Any) -> None:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 sink\r\n")
        while line := await reader.readline():
            verb = line[:4].upper()
            if verb == b"DATA":
                writer.write(b"354 go on\r\n")
                await reader.readuntil(b"\r\n.\r\n")
                received.value += 1
            writer.write(b"221 bye\r\n" if verb == b"QUIT" else b"250 OK\r\n")
        writer.close()

    async def serve() -> None:
        server = await asyncio.start_server(talk, "127.0.0.1", 0)
        port.value = server.sockets[0].getsockname()[1]
        await server.serve_forever()

    asyncio.run(serve())


def _mail_alone(port: int, many: int = 2_000) -> float:
    """Return how many mails a second go over one connection, with nothing read or written beside them."""
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
    body = "Ruma, your exercises are ready.\n\nhttps://clinic.example/me/"
    began = time.perf_counter()
    with open_channels() as channels:
        for number in range(many):
            message = Message(
                key=str(number), to_email="one@example.org", subject="Your exercises are ready", body=body
            )
            channels.send("email", message)
    return many / (time.perf_counter() - began)


@contextmanager
def _worker(port: int) -> Iterator[None]:
    """Run one Celery worker whose mail goes to the sink."""
    command = [
        sys.executable,
        "-m",
        "celery",
        "-A",
        "clinic.celery",
        "worker",
        "-c",
        "1",
        "--loglevel",
        "WARNING",
    ]
    env = os.environ | {"EMAIL_URL": f"smtp://127.0.0.1:{port}", "TONUS_LOG_LEVEL": "WARNING"}
    process = subprocess.Popen(command, env=env)
    try:
        _until(lambda: tasks.send_due_reminders.app.control.ping(timeout=0.5))
        yield
    finally:
        process.terminate()
        process.wait()


def _until(what: Callable[[], Any]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not what():
        if time.monotonic() > deadline:
            raise TimeoutError("the messages did not all arrive")
        time.sleep(0.02)
