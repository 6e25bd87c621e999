"""Thin tasks: beat wakes a scan every few seconds, each hundred claimed rows go to a worker."""

from datetime import datetime

from celery import shared_task
from django.utils import timezone

from clinic import doors
from reminders import services


@shared_task(ignore_result=True)
def send_due_reminders() -> None:
    """Claim what is due until nothing is, and hand it out, a hundred to a task. Beat calls this every 5 s."""
    while claimed := services.claim(claimed_at := timezone.now()):
        for start in range(0, len(claimed), 100):
            send_reminders.delay(claimed[start : start + 100], claimed_at.isoformat())


@shared_task(ignore_result=True)
def send_reminders(claimed: list[list[str]], claimed_at: str) -> None:
    """Deliver claimed reminders; what is no longer claimed or wanted is passed over."""
    services.deliver(claimed, datetime.fromisoformat(claimed_at))


@shared_task(ignore_result=True)
def reconcile() -> None:
    """Repair the promises of every clinic. Beat calls this every hour."""
    for clinic_id in doors.clinic_ids():
        services.reconcile(clinic_id)
