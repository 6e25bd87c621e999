"""The running plans of a whole clinic, checked again when the catalogue has a new edition and when a day begins.

Rules, flags and treatments come with an edition; on a day something runs out, is to be asked again, or somebody has a birthday.
`Recheck` remembers the edition and the day that a clinic was last checked for. So this is safe to repeat, to break off and to
run twice at once: each batch is a transaction of its own, and whoever comes second leaves the clinic to the first.
"""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.conf import settings
from django.utils import timezone, translation

from careplans.models import RUNNING, CarePlan, Cause, Recheck
from careplans.services.checking import recheck
from catalogue.knowledge import knowledge
from clinic import tenancy
from clinic.models import Clinic

BATCH = 100  # patients in one transaction: their records are locked as long as it takes


@dataclass
class Done:
    """What the checks of a clinic did, in plans."""

    plans: int = 0
    paused: int = 0
    alerts: int = 0

    def __str__(self) -> str:
        return f"{self.plans} plans checked, {self.paused} paused in part, {self.alerts} alerts changed"


def recheck_clinic(clinic_id: UUID, now: datetime | None = None) -> Done:
    """Check a clinic's running plans for the edition in force and the day, unless that is done. A query when it is."""
    edition = knowledge(fresh=True).content_sha256
    done = Done()
    while _next_batch(clinic_id, edition, now or timezone.now(), done):
        pass
    return done


def _next_batch(clinic_id: UUID, edition: str, now: datetime, done: Done) -> bool:
    """Check the next patients; tell whether there may be more."""
    with tenancy.scope(clinic_id), translation.override(settings.LANGUAGE_CODE):
        zone = Clinic.objects.get(pk=clinic_id).zone
        with timezone.override(zone):
            today = timezone.localdate(now)
            run = _claim(clinic_id, edition, today)
            if run is None:
                return False
            ids = _after(run)
            if ids:
                outcome = recheck(clinic_id, ids, cause=Cause(run.cause), today=today)
                done.plans += outcome.plans
                done.paused += len(outcome.paused)
                done.alerts += outcome.alerts
                run.reached = ids[-1]
            else:
                run.finished_at = timezone.now()
            run.save()
            return bool(ids)


def _claim(clinic_id: UUID, edition: str, today: date) -> Recheck | None:
    """Return the clinic's run, locked and set to this edition and day; None when it is done or somebody is at it."""
    runs = Recheck.objects.for_clinic(clinic_id)
    run = runs.select_for_update(skip_locked=True).first()
    if run is None:
        # there is none yet, or it is locked: the first makes it, the second waits for that and finds it made
        Recheck.objects.bulk_create([Recheck(clinic_id=clinic_id)], ignore_conflicts=True)
        run = runs.select_for_update(skip_locked=True).first()
    if run is None:
        return None
    if (run.catalogue_sha256, run.day) != (edition, today):
        is_new_edition = run.catalogue_sha256 not in ("", edition)
        is_unfinished = run.finished_at is None and run.cause == Cause.RULES
        run.cause = Cause.RULES if is_new_edition or is_unfinished else Cause.DAY
        run.catalogue_sha256, run.day, run.reached, run.finished_at = edition, today, None, None
    return None if run.finished_at else run


def _after(run: Recheck) -> list[UUID]:
    """Return the next patients with a plan that runs, by their ids."""
    plans = CarePlan.objects.for_clinic(run.clinic_id).filter(status__in=RUNNING)
    if run.reached:
        plans = plans.filter(patient__gt=run.reached)
    return list(plans.order_by("patient_id").values_list("patient_id", flat=True).distinct()[:BATCH])
