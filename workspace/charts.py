"""What is known of a patient at a glance: the head of every page about them, and the overview. Each read is one query."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import ROUND_CEILING, Decimal
from functools import cached_property
from typing import Any

from django.db.models import Avg, Count, F, Q
from django.utils import timezone

from careplans.models import CarePlan, ExerciseLog
from clinic.access import Access
from patients import wording
from patients.models import Diagnosis, DiagnosisStatus, Patient, SafetyFlag
from scheduling.models import Appointment, Status
from workspace.caseload import COMING, OPEN, plan_phases

MOST_VISITS = 300
WEEKS = 12  # of home exercise, shown in the overview


@dataclass(frozen=True)
class Head:
    """Who it is, what to beware of, what they have, how far the plan and the visits are. At most 4 queries."""

    patient: Patient
    who: Access
    now: datetime

    @cached_property
    def today(self) -> date:
        return timezone.localdate(self.now)

    @cached_property
    def alerts(self) -> list[str]:
        """Safety flags that count today, with their places."""
        rows = SafetyFlag.objects.for_clinic(self.who).filter(patient=self.patient).active(self.today)
        found = []
        for row in rows.order_by("pk"):
            where = wording.regions(row.regions)
            found.append(f"{wording.flag(row.flag_id)}: {where}" if where else wording.flag(row.flag_id))
        return list(dict.fromkeys(found))

    @cached_property
    def diagnoses(self) -> list[dict[str, Any]]:
        """Active diagnoses in words, for whoever may read them."""
        if not self.who.may("chart.read"):
            return []
        rows = Diagnosis.objects.for_clinic(self.who).filter(patient=self.patient).standing()
        return [
            {"id": row.pk, "name": wording.diagnosis(row), "code": row.icd10}
            for row in rows.filter(status=DiagnosisStatus.ACTIVE).order_by("pk")
        ]

    @cached_property
    def plans(self) -> list[CarePlan]:
        """Drafts and what runs, the newest first, each with `phase_rows`: id, name, order, weeks, visits a week."""
        found = CarePlan.objects.for_clinic(self.who).filter(patient=self.patient, status__in=OPEN)
        return list(found.select_related("protocol").annotate(phases_found=plan_phases()).order_by("-pk"))

    @property
    def plan(self) -> CarePlan | None:
        """The plan that runs."""
        return next((plan for plan in self.plans if not plan.is_draft), None)

    @property
    def draft(self) -> CarePlan | None:
        return next((plan for plan in self.plans if plan.is_draft), None)

    @cached_property
    def phases(self) -> list[dict[str, Any]]:
        """The phases of the running plan; `state` is done, now or "" (to come)."""
        if self.plan is None:
            return []
        rows = self.plan.phases_found
        now = next((n for n, row in enumerate(rows) if row["id"] == str(self.plan.current_phase_id)), None)
        return [
            {
                **row,
                "number": n + 1,
                "state": "" if now is None or n > now else "now" if n == now else "done",
            }
            for n, row in enumerate(rows)
        ]

    @property
    def phase(self) -> dict[str, Any] | None:
        return next((phase for phase in self.phases if phase["state"] == "now"), None)

    @cached_property
    def appointments(self) -> list[Appointment]:
        """Their visits, the latest first."""
        rows = Appointment.objects.for_clinic(self.who).filter(patient=self.patient)
        return list(rows.select_related("type").order_by("-span")[:MOST_VISITS])

    @property
    def coming(self) -> list[Appointment]:
        """Visits to come, the next first."""
        return [
            visit
            for visit in reversed(self.appointments)
            if visit.status in COMING and visit.span.upper > self.now
        ]

    @property
    def next_visit(self) -> Appointment | None:
        return next(iter(self.coming), None)

    @cached_property
    def visits(self) -> dict[str, int] | None:
        """Of the running plan: visits it plans in all, used and booked so far, left to book. None without a plan."""
        if self.plan is None:
            return None
        planned = sum(
            (Decimal(str(row["visits"] or 0)) * Decimal(str(row["weeks"]))).to_integral_value(ROUND_CEILING)
            for row in self.plan.phases_found
        )
        begun = self.plan.start_date
        mine = [
            visit for visit in self.appointments if begun and timezone.localdate(visit.span.lower) >= begun
        ]
        used = sum(visit.status == Status.DONE for visit in mine)
        booked = sum(visit.status in COMING and visit.span.upper > self.now for visit in mine)
        return {
            "planned": int(planned),
            "used": used,
            "booked": booked,
            "left": max(int(planned) - used - booked, 0),
        }


def head_of(patient: Patient, who: Access, now: datetime | None = None) -> Head:
    return Head(patient, who, now or timezone.now())


# --- what happens at home -------------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Day:
    """One day of home exercise: how many were logged, the mean pain after them (0 to 10), whether one hurt too much."""

    day: date
    logged: int = 0
    pain: float | None = None
    too_painful: bool = False


def days_at_home(patient: Patient, today: date, weeks: int = WEEKS) -> list[Day]:
    """Return every day of the last `weeks` weeks, today the last. One query."""
    first = today - timedelta(days=7 * weeks - 1)
    rows = (
        ExerciseLog.objects.for_clinic(patient.clinic_id)
        .filter(patient=patient, day__range=(first, today))
        .values("day")
        .annotate(logged=Count("pk"), pain=Avg("pain_after"), hurt=Count("pk", filter=Q(too_painful=True)))
        .order_by(F("day"))
    )
    found = {row["day"]: Day(row["day"], row["logged"], row["pain"], row["hurt"] > 0) for row in rows}
    every = (first + timedelta(days=n) for n in range(7 * weeks))
    return [found.get(day, Day(day)) for day in every]


@dataclass(frozen=True, slots=True)
class Week:
    """Seven days: on how many something was done, and the mean pain after exercise."""

    first: date
    days_done: int
    pain: float | None


def by_week(days: Sequence[Day]) -> list[Week]:
    """Return whole weeks, the oldest first."""
    weeks = []
    for start in range(0, len(days), 7):
        part = days[start : start + 7]
        pains = [day.pain for day in part if day.pain is not None]
        weeks.append(
            Week(
                part[0].day,
                sum(day.logged > 0 for day in part),
                round(sum(pains) / len(pains), 1) if pains else None,
            )
        )
    return weeks
