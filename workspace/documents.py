"""What there is to print or to hand on about a patient: letters, signed assessments, signed plans."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

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


def documents_of(patient: Patient, plans: Iterable[CarePlan]) -> list[Document]:
    """Return the documents about a patient, the newest first; `plans` are those that the reader may see. One query."""
    found = [*_of_assessments(patient), *map(_of_plan, plans)]
    return sorted(found, key=lambda each: each.at, reverse=True)


def signed_plans(patient: Patient, who: Access) -> list[CarePlan]:
    """Return a patient's signed plans, the newest first, for those who may read them. One query."""
    if not who.may("plans.read"):
        return []
    rows = CarePlan.objects.visible_to(who).filter(patient=patient, signed_at__isnull=False)
    return list(rows.select_related("signed_by__user").without_weight().order_by("-pk"))


def plan_that_counts(plans: Sequence[CarePlan]) -> CarePlan | None:
    """Return the plan that runs, else the newest."""
    running = (each for each in plans if each.status in (PlanStatus.ACTIVE, PlanStatus.ON_HOLD))
    return next(running, plans[0] if plans else None)


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


def _of_plan(row: CarePlan) -> Document:
    return Document(
        row.signed_at or row.created_at,
        _("Care plan, version %d") % row.version,
        _("Signed by %s") % row.signed_by,
        f"{reverse('careplans:plan-version', args=[row.patient_id, row.version])}?plan={row.pk}",
        "layers",
    )
