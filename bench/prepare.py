"""What only the owner of the tables may do before measuring: REF's table, and generated clinics. Run as TONUS_AS_OWNER=1."""

import sys

import django

django.setup()

from django.core.management import call_command  # noqa: E402
from django.db.models import Sum  # noqa: E402

from bench import reference  # noqa: E402
from clinic.models import Clinic  # noqa: E402

GENERATED = "generated-"
ROUGHLY = 20  # patients that a clinic may have got since


def main(clinics: int, patients: int) -> None:
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


if __name__ == "__main__":
    main(*map(int, sys.argv[1:3]))
