"""Generated clinics to measure in, and REF's table: only the owner of the tables may make them, in a process of its own."""

import os
import subprocess
import sys
from pathlib import Path
from uuid import UUID

from django.core.management import call_command
from django.db.models import Sum

from bench import reference
from clinic import doors, tenancy
from clinic.models import Clinic

GENERATED = "generated-"
ROUGHLY = 20  # patients that a clinic may have got since


def prepare(clinics: int, patients: int) -> None:
    subprocess.run(
        [sys.executable, "-m", "bench", "--as-owner", f"--clinics={clinics}", f"--patients={patients}"],
        env=os.environ | {"TONUS_AS_OWNER": "1"},
        cwd=Path(__file__).parent.parent,
        check=True,
    )


def make(clinics: int, patients: int) -> None:
    """Generate as many clinics of this size as are missing."""
    reference.prepare()
    each = patients // clinics
    alike = Clinic.objects.filter(
        slug__startswith=GENERATED, last_patient_number__range=(each, each + ROUGHLY)
    )
    missing = clinics - alike.count()
    if missing > 0:
        total = Clinic.objects.aggregate(total=Sum("last_patient_number"))["total"] or 0
        print(f"{total} patients are there; making {missing * each} more in {missing} clinics.", flush=True)
        call_command("generate", clinics=missing, patients=missing * each, seed=total)


def generated(each: int) -> UUID:
    """Return the id of a generated clinic of about `each` patients, the newest. As the app role, clinic by clinic."""
    for clinic_id in sorted(doors.clinic_ids(), reverse=True):
        with tenancy.scope(clinic_id):
            clinic = Clinic.objects.get(pk=clinic_id)
        if clinic.slug.startswith(GENERATED) and each <= clinic.last_patient_number <= each + ROUGHLY:
            return clinic_id
    raise LookupError("no such clinic was made")
