"""What there is to print or to hand on about a patient: letters, signed assessments, signed plans."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Case, When
from django.urls import reverse
from django.utils.translation import gettext as _

from careplans.models import Assessment, CarePlan, PlanStatus
from clinic.access import Access
from patients.models import Patient


@dataclass(frozen=True, slots=True)
class Document:
    """One of them: `note` says more, `icon` is one of static/img/icons.svg; a `prints` page opens beside this one."""

    at: datetime
    name: str
    note: str
    url: str
    icon: str
    prints: bool = False


def documents_of(patient: Patient, who: Access) -> list[Document]:
    """Return the documents about a patient, the newest first."""
    found = [*_of_assessments(patient), *(_of_plans(patient) if who.may("plans.read") else ())]
    return sorted(found, key=lambda each: each.at, reverse=True)


def plan_to_print(patient: Patient) -> CarePlan | None:
    """Return the plan that counts: the one that runs, else the one signed last. One query."""
    signed = CarePlan.objects.for_clinic(patient.clinic_id).filter(patient=patient, signed_at__isnull=False)
    runs = Case(When(status__in=(PlanStatus.ACTIVE, PlanStatus.ON_HOLD), then=0), default=1)
    return signed.without_weight().order_by(runs, "-pk").first()


def _of_assessments(patient: Patient) -> list[Document]:
    rows = Assessment.objects.for_clinic(patient.clinic_id).filter(patient=patient, voided_at=None)
    found = []
    for row in rows.select_related("signed_by__user").order_by("pk"):
        if any(answer is not False for answer in row.red_flags.values()):
            letter = reverse("careplans:assessment-referral", args=[row.pk])
            found.append(
                Document(
                    row.signed_at or row.entered_at,
                    _("Referral letter"),
                    row.red_flag_action,
                    letter,
                    "send",
                    True,
                )
            )
        if row.signed_at:
            name = _("%s assessment") % row.get_kind_display()
            url = reverse("careplans:assessment", args=[row.pk])
            found.append(Document(row.signed_at, name, _("Signed by %s") % row.signed_by, url, "clipboard"))
    return found


def _of_plans(patient: Patient) -> list[Document]:
    rows = CarePlan.objects.for_clinic(patient.clinic_id).filter(patient=patient, signed_at__isnull=False)
    return [
        Document(
            row.signed_at,
            _("Care plan, version %d") % row.version,
            _("Signed by %s") % row.signed_by,
            reverse("careplans:plan-version", args=[patient.pk, row.version]),
            "layers",
        )
        for row in rows.select_related("signed_by__user").without_weight().order_by("pk")
    ]
