"""What was printed of a signed plan, and everything that the paper said beside the plan itself."""

from typing import Self

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from careplans.models.plan import CarePlan
from clinic.access import Access
from clinic.models import LANGUAGES, ClinicModel, ClinicQuerySet
from clinic.walls import SameClinic


class DocumentKind(models.TextChoices):
    HOME_PROGRAMME = "home-programme", _("Home programme")
    PLAN = "plan", _("Plan")


class Layout(models.TextChoices):
    NORMAL = "normal", _("Normal print")
    LARGE = "large", _("Large print")


class PlanPrintQuerySet(ClinicQuerySet):
    def visible_to(self, who: Access) -> Self:
        """Return the prints of plans that `who` may see; a patient's own: the home programme alone."""
        seen = self.for_clinic(who).filter(plan__in=CarePlan.objects.visible_to(who))
        return seen if who.member_id is not None else seen.filter(kind=DocumentKind.HOME_PROGRAMME)


class PlanPrint(ClinicModel):
    """One document as it was printed: with the signed plan, all that its bytes are made from. It never changes (migration 0008).

    `facts` is what was true then (services.documents.facts_of); printed again with the same facts by the same `release`, it is
    the same row. `printed_by` is absent where patients printed it themselves.
    """

    plan = models.ForeignKey(CarePlan, models.PROTECT, related_name="prints")
    kind = models.CharField(max_length=20, choices=DocumentKind)
    language = models.CharField(max_length=8, choices=LANGUAGES)
    layout = models.CharField(max_length=10, choices=Layout)
    facts = models.JSONField()
    facts_sha256 = models.CharField(max_length=64)
    release = models.CharField(max_length=40)
    pdf_sha256 = models.CharField(max_length=64)
    printed_by = models.ForeignKey("clinic.Membership", models.PROTECT, null=True, related_name="+")
    printed_at = models.DateTimeField(default=timezone.now)

    objects = PlanPrintQuerySet.as_manager()

    class Meta(ClinicModel.Meta):
        constraints = [
            *ClinicModel.Meta.constraints,
            SameClinic("plan", name="planprint_plan_same_clinic"),
            SameClinic("printed_by", name="planprint_by_same_clinic"),
            models.UniqueConstraint(
                fields=["clinic", "plan", "kind", "language", "layout", "facts_sha256", "release"],
                name="planprint_once",
            ),
        ]
