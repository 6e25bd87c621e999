"""Plans that run, held against what is known since they were signed: what a check found, and how far a clinic is checked."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.expressions import RawSQL
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from careplans.models.plan import CarePlan, PlanPart
from clinic.models import ClinicModel, track
from clinic.walls import SameClinic


class Cause(models.TextChoices):
    """Why a plan that runs was checked again."""

    FACT = "fact", _("What is known about the patient changed.")
    RULES = "rules", _("The safety rules changed.")
    DAY = "day", _("With the date: an answer or a fact ran out, or the patient's age changed.")
    EXERCISE = "own", _("An exercise of the clinic was changed.")


@track
class PlanAlert(PlanPart):
    """What speaks against a running plan that its signer did not know, as the last check found it. One row a plan.

    `findings` are as in `safety.Finding.as_dict`: new blocks, whose items are paused, and new warnings; `unknown` critical
    questions that are open again. Both are empty once nothing stands any more: the history keeps what stood. `since` is the
    day on which something was added last, `cause` what added it.
    """

    plan = models.ForeignKey(CarePlan, models.CASCADE, related_name="alerts")
    cause = models.CharField(_("cause"), max_length=5, choices=Cause)
    since = models.DateField(_("since"), default=timezone.localdate)
    findings = models.JSONField(_("what speaks against it"), default=list, blank=True)
    unknown = ArrayField(
        models.CharField(max_length=80), verbose_name=_("what to ask"), default=list, blank=True
    )

    class Meta(PlanPart.Meta):
        abstract = False
        constraints = [
            *ClinicModel.Meta.constraints,
            SameClinic("plan", name="planalert_plan_same_clinic"),
            models.UniqueConstraint(fields=["plan"], name="planalert_one_a_plan"),
        ]


# Beside a plan: its alert as a JSON row, or None. `CarePlan.objects.annotate(alert=ALERT)`
ALERT = RawSQL(
    "(SELECT to_jsonb(alert) FROM careplans_planalert alert WHERE alert.plan_id = careplans_careplan.id)",
    (),
    output_field=models.JSONField(),
)


class Recheck(ClinicModel):
    """How far the running plans of a clinic are checked against an edition of the catalogue and for a day. One row a clinic.

    A check goes by patient; `reached` is the last one, so that it goes on where it was broken off.
    """

    catalogue_sha256 = models.CharField(max_length=64, blank=True)
    day = models.DateField(null=True)  # on the clinic's calendar
    cause = models.CharField(max_length=5, choices=Cause, default=Cause.DAY)
    reached = models.UUIDField(null=True)
    finished_at = models.DateTimeField(null=True)

    class Meta(ClinicModel.Meta):
        constraints = [
            *ClinicModel.Meta.constraints,
            models.UniqueConstraint(fields=["clinic"], name="recheck_one_a_clinic"),
        ]
