"""Looking after promises: sending a failed one again, and repairing what a crash or a fault left behind."""

import logging
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from careplans.models import CarePlan
from clinic import tenancy
from clinic.access import Access
from clinic.errors import RuleBroken
from reminders.models import LIVE, Kind, Reminder, State
from reminders.services.promises import promise_next_sessions

BATCH = 500
log = logging.getLogger(__name__)


@transaction.atomic
def retry(reminder_id: UUID, *, by: Access) -> Reminder:
    """Put a failed reminder back into the queue, now. Raises RuleBroken `state` for any other, or when it is too late."""
    reminder = Reminder.objects.for_clinic(by).select_for_update().get(pk=reminder_id)
    now = timezone.now()
    if reminder.state != State.FAILED:
        raise RuleBroken(_("Only a failed message can be sent again."), code="state")
    if now >= reminder.useless_after:
        raise RuleBroken(_("It is too late for this message."), code="state")
    reminder.state, reminder.due_at, reminder.attempts, reminder.last_error = State.PENDING, now, 0, ""
    reminder.finished_at = reminder.claimed_at = None
    reminder.save(update_fields=["state", "due_at", "attempts", "last_error", "finished_at", "claimed_at"])
    return reminder


def reconcile(clinic_id: UUID) -> int:
    """Promise the next session of each running plan that has none pending. Return how many were missing.

    (A claim that was left over is taken again by `claim` itself.)
    """
    repaired = 0
    with tenancy.scope(clinic_id):
        live = Reminder.objects.for_clinic(clinic_id).filter(
            kind=Kind.HOME_EXERCISE, state__in=LIVE, plan__isnull=False
        )
        silent = CarePlan.objects.for_clinic(clinic_id).running().exclude(pk__in=live.values("plan_id"))
        plans = list(silent.order_by("pk").values_list("pk", flat=True))
        now = timezone.now()
        for start in range(0, len(plans), BATCH):
            repaired += promise_next_sessions(clinic_id, dict.fromkeys(plans[start : start + BATCH], now))
    if repaired:
        log.warning("promised what was missing", extra={"clinic": str(clinic_id), "count": repaired})
    return repaired
