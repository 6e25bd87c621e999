"""What a patient told of their days: diary, exercises, what they stopped at. Three queries for any stretch of days."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from django.db.models import Count, Max
from django.utils import timezone

from careplans.models import DiaryEntry, ExerciseLog, StopReport
from careplans.services.reference import local
from patients.models import Patient
from workspace.attention import Stop
from workspace.caseload import cue_words

DAYS = 28  # on one page


@dataclass
class Day:
    """One day: `entry` is what the diary says, `exercises` how many were done, `pain_after` the worst after one (0 to 10)."""

    day: date
    entry: DiaryEntry | None = None
    exercises: int = 0
    pain_after: int | None = None
    stops: list[Stop] = field(default_factory=list)

    @property
    def is_told(self) -> bool:
        return bool(self.entry or self.exercises or self.stops)

    @property
    def pain(self) -> int | None:
        return self.entry.pain if self.entry else None

    @property
    def spasms(self) -> int | None:
        return self.entry.spasm_count if self.entry else None


def days_told(patient: Patient, until: date, days: int = DAYS) -> list[Day]:
    """Return the `days` days that end with `until`, the oldest first."""
    first = until - timedelta(days=days - 1)
    theirs = {"patient": patient, "day__range": (first, until)}
    entries = {row.day: row for row in DiaryEntry.objects.for_clinic(patient.clinic_id).filter(**theirs)}
    logs = ExerciseLog.objects.for_clinic(patient.clinic_id).filter(**theirs).order_by()
    done = {row["day"]: row for row in logs.values("day").annotate(n=Count("pk"), worst=Max("pain_after"))}
    stops = _stops(patient, first, until)
    every = (first + timedelta(days=n) for n in range(days))
    return [
        Day(
            day,
            entries.get(day),
            done[day]["n"] if day in done else 0,
            done[day]["worst"] if day in done else None,
            stops.get(day, []),
        )
        for day in every
    ]


def _stops(patient: Patient, first: date, until: date) -> dict[date, list[Stop]]:
    zone = timezone.get_current_timezone()
    begins = datetime.combine(first, time.min, zone)
    ends = datetime.combine(until + timedelta(days=1), time.min, zone)
    rows = StopReport.objects.for_clinic(patient.clinic_id).filter(
        patient=patient, occurred_at__gte=begins, occurred_at__lt=ends
    )
    found: dict[date, list[Stop]] = defaultdict(list)
    for row in rows.select_related("prescription__exercise").order_by("occurred_at"):
        name = local(row.prescription.exercise.entry["name"]) if row.prescription else ""
        found[timezone.localdate(row.occurred_at)].append(
            Stop(cue_words(row.cue), row.occurred_at, row.note, name)
        )
    return found
