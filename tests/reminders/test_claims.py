"""Many at once, on connections of their own: each promise is claimed by one, and kept once."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from celery.contrib.testing.worker import start_worker
from django.db import connection
from django.utils import timezone

from clinic import tenancy
from clinic.celery import app
from clinic.ids import uuid7
from reminders import services, tasks
from reminders.models import Kind, Reminder
from tests import factories
from tests.reminders.desk import NOON, STRETCH, agree, prescribe

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.xdist_group("many connections"),
]
DUE = 1_000


@pytest.fixture
def owed():
    """Two clinics, each owing half of the messages, all due."""
    now = timezone.now()
    for slug in ("demo", "other"):
        clinic = factories.make_clinic(slug=slug, quiet_from="00:00", quiet_until="00:00")
        patient = factories.make_patient(clinic)
        with tenancy.scope(clinic.pk):
            agree(patient)
            Reminder.objects.bulk_create(
                Reminder(
                    clinic=clinic,
                    patient=patient,
                    kind=Kind.OTHER,
                    subject=uuid7(),
                    occurrence="once",
                    due_at=now - timedelta(minutes=1),
                    useless_after=now + timedelta(days=1),
                )
                for _ in range(DUE // 2)
            )


def together(many, work):
    """Do `work` many times at the same moment, each on a connection of its own, and return what each returns."""
    ready = Barrier(many)

    def run(_number):
        try:
            connection.ensure_connection()
            ready.wait(timeout=60)
            return work()
        finally:
            connection.close()

    with ThreadPoolExecutor(many) as pool:
        return list(pool.map(run, range(many)))


def claim_all():
    claimed = []
    while batch := services.claim(limit=50):
        claimed += batch
    return claimed


def test_four_who_claim_at_once_claim_each_row_once(owed):
    claimed = [pk for each in together(4, claim_all) for _clinic, pk in each]
    assert (len(claimed), len(set(claimed))) == (DUE, DUE)


def test_four_who_deliver_the_same_claims_send_each_message_once(owed, post):
    moment = timezone.now()
    claimed = services.claim(moment, limit=40)
    counts = together(4, lambda: services.deliver(claimed, moment))
    assert sum(counts, Counter()) == Counter(sent=40)
    assert len({mail["Message-ID"] for mail in post.mails}) == len(post.mails) == 40


def test_two_who_promise_a_plans_next_session_at_once_make_one(noon):
    clinic = factories.make_clinic(slug="demo")
    physio = factories.make_access(clinic, "physiotherapist")
    patient = factories.make_patient(clinic)
    with tenancy.scope(clinic.pk):
        plan = prescribe(patient, physio, STRETCH)
        Reminder.objects.all().delete()
    times = iter([NOON, NOON + timedelta(hours=8)] * 2)

    def promise():
        with tenancy.scope(clinic.pk):
            return services.promise_exercises(plan, after=next(times))

    assert sorted(together(4, promise)) == [0, 0, 0, 1]


@pytest.fixture
def own_queue():
    """Tests run side by side on one broker: tasks of this test go to a queue of its own."""

    def name(queue):
        app.conf.task_default_queue = queue
        for made in ("queues", "router"):  # made once, under the name of then
            app.amqp.__dict__.pop(made, None)

    usual = app.conf.task_default_queue
    name(f"test-{uuid7()}")
    yield
    name(usual)


@pytest.mark.slow
def test_the_scan_hands_its_claims_through_the_broker_to_a_worker(owed, post, own_queue):
    """(Beat, and a worker as a process of its own, are in the stack of the browser tests.)"""
    with start_worker(app, pool="solo", perform_ping_check=False, loglevel="CRITICAL"):
        tasks.send_due_reminders.delay()
        assert post.got(DUE, patience=60)
    assert len({mail["Message-ID"] for mail in post.mails}) == DUE
