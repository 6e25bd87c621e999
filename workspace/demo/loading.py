"""Loading the demo clinics: everything the first time, afterwards only what a new day brings."""

from datetime import datetime

from django.db import transaction

from clinic import tenancy
from workspace.demo import calendar, cast, home, measured, messages, plans, practice, records
from workspace.demo.clock import Clock

PEOPLE = {"demo": cast.DEMO, "other": cast.OTHER}


@transaction.atomic
def load(now: datetime) -> None:
    """Make the demo clinics, or bring them up to today; whatever people entered meanwhile stays as it is."""
    for slug, people in PEOPLE.items():
        clinic, is_new = practice.found(slug, now)
        with tenancy.scope(clinic.pk):
            clock = Clock(start=clinic.created_at, now=now, zone=clinic.zone)
            if is_new:
                practice.furnish(clinic)
            staffed = practice.practice_of(clinic)
            if is_new:
                patients = records.register(staffed, people, clock)
                diagnoses = records.diagnose(staffed, people, patients, clock)
                measured.assess(staffed, people, patients, clock)
                plans.prescribe(staffed, people, patients, diagnoses, clock)
                records.read_charts(staffed, people, patients, clock)
                messages.prefer(staffed)
                messages.remember(staffed, clock)
            else:  # whom a newer version knows too, nobody registered here
                people = records.on_record(clinic, people)
            home.live(staffed, people, clock)
            if is_new:
                home.report(staffed, people, clock)
                records.find_out(staffed, people, patients, clock)
            messages.promise(staffed, calendar.fill(staffed, people, clock), clock)
