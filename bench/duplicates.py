"""How well the hint at the desk finds people who are on record already, and how quickly it answers."""

import statistics
import time
from collections import Counter
from datetime import date
from typing import Any

from django.db import transaction

from bench.people import People
from bench.prepare import generated
from clinic import tenancy
from clinic.access import Access, Role
from clinic.ids import uuid7
from clinic.models import Clinic
from patients.models import Patient
from patients.services import duplicates

ON_RECORD, COPIES, MORE = 10_000, 1_000, 40_000
GOALS = "goals: recall 0.95 at precision 0.90; p95 under 150 ms at 50,000 patients"


def main(each: int) -> int:
    """Fill a clinic in a transaction that is taken back, and type everybody again."""
    clinic_id = generated(each)
    with tenancy.scope(clinic_id), transaction.atomic():
        clinic = Clinic.objects.get(pk=clinic_id)
        by = Access(clinic.pk, clinic.slug, clinic.name, uuid7(), (Role.FRONT_DESK,), member_id=uuid7())
        people = People(seed=1)
        described = [people.person() for _n in range(ON_RECORD)]
        rows = _register(clinic, described)
        print(f"{ON_RECORD} people in a clinic of {each} others. {GOALS}")
        copies = [(people.copy(described[n]), rows[n].pk) for n in range(0, ON_RECORD, ON_RECORD // COPIES)]
        strangers = [people.person() for _n in range(COPIES)]
        met, hints, missed, by_fault = 0, 0, Counter(), Counter()
        for copy, pk in copies:
            found = [double.patient.pk for double in duplicates(copy.told, by=by)]
            hints += len(found)
            met += pk in found
            by_fault.update(copy.faults)
            if pk not in found:
                missed.update(copy.faults)
        wrong = sum(len(duplicates(each_one, by=by)) for each_one in strangers)
        print(
            f"{COPIES} copies: recall {met / COPIES:.3f}, precision {met / hints:.3f} ({hints - met} other people named)"
        )
        print(
            f"{COPIES} people who are new: {wrong} named who are others; precision over both {met / (hints + wrong):.3f}"
        )
        print(
            "missed, by fault:",
            ", ".join(f"{fault} {missed[fault]} of {n}" for fault, n in sorted(by_fault.items())),
        )
        _register(clinic, [people.person() for _n in range(MORE)])
        times = sorted(_seconds(copy.told, by) for copy, _pk in copies)
        print(
            f"with {ON_RECORD + MORE} people: p50 {statistics.median(times) * 1000:.1f} ms,"
            f" p95 {times[int(len(times) * 0.95)] * 1000:.1f} ms"
        )
        transaction.set_rollback(True)
    return 0


def _register(clinic: Clinic, people: list[dict[str, Any]]) -> list[Patient]:
    first = (
        Patient.objects.for_clinic(clinic).order_by("-number").values_list("number", flat=True).first() or 0
    )
    rows = []
    for number, told in enumerate(people, start=first + 1):
        age = told.get("age")
        known = {name: value for name, value in told.items() if name != "age"}
        if age is not None:
            known |= {"age_years": age, "age_told_on": date.today()}
        rows.append(Patient(clinic=clinic, number=number, language="en", **known))
    return Patient.objects.bulk_create(rows, batch_size=2000)


def _seconds(told: Any, by: Access) -> float:
    began = time.perf_counter()
    duplicates(told, by=by)
    return time.perf_counter() - began
