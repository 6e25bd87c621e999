"""manage.py recheck_plans: check every running plan for the catalogue in force, now, and say what that did."""

from typing import Any

from django.core.management.base import BaseCommand

from careplans.services import rechecking
from clinic import doors


class Command(BaseCommand):
    help = (
        "Check the running plans of every clinic against the catalogue in force and the day. Beat does so every five minutes;"
        " this does it now, after load_catalogue. Can be repeated: what is done is passed over."
    )

    def handle(self, *_args: Any, verbosity: int, **_options: Any) -> None:
        for clinic_id in doors.clinic_ids():
            done = rechecking.recheck_clinic(clinic_id)
            if verbosity:
                self.stdout.write(f"{clinic_id}: {done}")
