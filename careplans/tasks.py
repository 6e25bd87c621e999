"""Thin tasks of care plans."""

from celery import shared_task

from careplans.services import rechecking
from clinic import doors


@shared_task(ignore_result=True)
def recheck_running_plans() -> None:
    """Check the plans of every clinic that has a new edition of the catalogue, or a new day. Beat calls this every 5 minutes."""
    for clinic_id in doors.clinic_ids():
        rechecking.recheck_clinic(clinic_id)
