"""Thin tasks of care plans."""

import structlog
from celery import shared_task

from careplans.services import rechecking
from clinic import doors

log = structlog.get_logger(__name__)


@shared_task(ignore_result=True)
def recheck_running_plans() -> None:
    """Check the plans of every clinic that has a new edition of the catalogue, or a new day. Beat calls this every 5 minutes.

    A clinic that fails holds up none of the others; it is tried again the next time. Raises the last failure.
    """
    failure: Exception | None = None
    for clinic_id in doors.clinic_ids():
        try:
            rechecking.recheck_clinic(clinic_id)
        except Exception as error:
            log.exception("recheck_failed", clinic=str(clinic_id))
            failure = error
    if failure:
        raise failure
