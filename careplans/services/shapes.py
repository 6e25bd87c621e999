"""What a plan's tree may look like when it comes in, from the API or a form: strict, with errors nested as the body is.

Here is checked what can be told from the tree and the catalogue alone: types, ids of the catalogue, doses. Whether the ids
of rows belong to this plan is known only under its lock (trees.write).
"""

import math
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from drf_spectacular.utils import extend_schema_field, extend_schema_serializer
from rest_framework import serializers

from careplans import dosage, load
from careplans.models import Assistance, ItemStatus
from clinic.api import NumberField, StrictSerializer, WholeNumberField

MOST_PHASES, MOST_ITEMS, MOST_GOALS = 20, 60, 40  # in a plan, in a phase of each kind, in a plan
LONGEST_WEEKS = 104
WHOLE: Any = {
    "invalid": gettext_lazy("Give a whole number."),
    "min_value": gettext_lazy("Give {min_value} or more."),
    "max_value": gettext_lazy("Give {max_value} or less."),
}
WEEKS: Any = {**WHOLE, "invalid": gettext_lazy("Give a number of weeks.")}
WORDS: Any = {"blank": gettext_lazy("Write something here.")}
LEVELS = 5  # of goal attainment: much less, less, as, more, much more than expected


class CatalogueId(serializers.CharField):
    """The id of an entry of the reference: `CatalogueId("modalities")`. What the plan has already may have been retired since."""

    default_error_messages = {"unknown": _("There is no such entry in the catalogue.")}

    def __init__(self, kind: str, **kwargs: Any) -> None:
        self.kind = kind
        super().__init__(max_length=80, **kwargs)

    def to_internal_value(self, data: Any) -> str:
        entry_id = super().to_internal_value(data)
        if entry_id not in getattr(self.context["reference"], self.kind):
            self.fail("unknown")
        return entry_id


class Region(serializers.CharField):
    """A region of the body chart, or of the vocabulary where no side is meant."""

    def to_internal_value(self, data: Any) -> str:
        region = super().to_internal_value(data)
        if not self.context["reference"].body.knows(region):
            raise serializers.ValidationError(_("There is no such region of the body."))
        return region


@extend_schema_field({"oneOf": [{"type": "number"}, {"type": "string"}], "nullable": True})
class Value(serializers.Field):
    """A value of a measure, or of no measure: a number, or a grade such as "1+"."""

    def to_internal_value(self, data: Any) -> int | float | str:
        if isinstance(data, bool) or not isinstance(data, int | float | str):
            raise serializers.ValidationError(_("Give a number or a grade."))
        value = data.strip() if isinstance(data, str) else data
        if isinstance(value, float) and not math.isfinite(value):
            raise serializers.ValidationError(_("Give a number or a grade."))
        if len(str(value)) > 30:
            raise serializers.ValidationError(_("Use at most %d characters.") % 30)
        return value

    def to_representation(self, value: Any) -> Any:
        return value


class GoalShape(StrictSerializer):
    id = serializers.UUIDField(required=False)
    text = serializers.CharField(max_length=500, error_messages=WORDS)
    measure = CatalogueId("measures", allow_null=True, default=None)
    benefit = serializers.CharField(max_length=30, allow_blank=True, default="")
    baseline = Value(allow_null=True, default=None)
    target = Value(allow_null=True, default=None)
    due_on = serializers.DateField(allow_null=True, default=None)
    gas = serializers.ListField(
        child=serializers.CharField(max_length=200, allow_blank=True),
        default=list,
        help_text=_("What each level of attainment, from -2 to +2, would be: five texts, or none."),
    )
    weight = WholeNumberField(min_value=0, max_value=9, default=1, error_messages=WHOLE)

    def validate_gas(self, levels: list[str]) -> list[str]:
        if not any(levels):
            return []
        if len(levels) != LEVELS:
            raise serializers.ValidationError(_("Give all five levels, from -2 to +2, or none."))
        return levels

    def validate(self, goal: dict[str, Any]) -> dict[str, Any]:
        reference = self.context["reference"]
        measure = reference.measures.get(goal["measure"])
        if goal["benefit"] and goal["benefit"] not in reference.benefits:
            raise serializers.ValidationError({"benefit": [_("There is no such benefit.")]})
        if measure is not None:
            goal["benefit"] = goal["benefit"] or measure["benefits"][0]
        errors = {}
        for name in ("baseline", "target"):
            if goal[name] == "":
                goal[name] = None
            if goal[name] is not None and measure is not None:
                goal[name], message = value_of(measure, goal[name])
                if message:
                    errors[name] = [message]
        if errors:
            raise serializers.ValidationError(errors)
        return goal


def value_of(
    measure: Mapping[str, Any], given: int | float | str
) -> tuple[int | float | str | None, str | None]:
    """Return a value as its measure writes it, or None and why it cannot be one."""
    scale = measure["value"]
    if scale["type"] == "choice":
        fits = [choice for choice in scale["choices"] if str(choice) == str(given)]
        offered = ", ".join(map(str, scale["choices"]))
        return (fits[0], None) if fits else (None, _("Choose one of: %s.") % offered)
    try:
        number = float(given) if "_" not in str(given) else float("nan")
    except ValueError:
        return None, _("Give a number.")
    if math.isnan(number):
        return None, _("Give a number.")
    if not scale["min"] <= number <= scale["max"]:  # false for NaN too
        limits = {"low": f"{scale['min']:g}", "high": f"{scale['max']:g}"}
        return None, _("Must be between %(low)s and %(high)s.") % limits
    return (int(number) if number.is_integer() else number), None


class ItemShape(StrictSerializer):
    """What clinic and home items share. A lineage is ours to give: what comes back is not read."""

    id = serializers.UUIDField(required=False)
    lineage_id = serializers.UUIDField(read_only=True)
    note = serializers.CharField(max_length=500, allow_blank=True, default="")
    status = serializers.ChoiceField(ItemStatus.choices, default=ItemStatus.ACTIVE.value)
    status_reason = serializers.CharField(read_only=True)


class ClinicItemShape(ItemShape):
    modality = CatalogueId("modalities")
    sites = serializers.ListField(child=Region(), max_length=30, default=list)
    dosage = serializers.JSONField(default=dict)
    minutes = serializers.JSONField(required=False)
    visits_per_week = serializers.JSONField(required=False)

    def validate_sites(self, sites: list[str]) -> list[str]:
        return list(dict.fromkeys(sites))

    def validate(self, item: dict[str, Any]) -> dict[str, Any]:
        modality = self.context["reference"].modalities[item["modality"]]
        checked = dosage.check_clinic_item(modality, item)
        errors = dict(checked.errors)
        visits = checked.values.get("visits_per_week")
        if visits is not None and round(visits, 2) != visits:
            errors["visits_per_week"] = [_("Give at most two decimals.")]
        if errors:
            raise serializers.ValidationError(errors)
        return item | checked.values


class HomeItemShape(ItemShape):
    exercise = CatalogueId("exercises")
    side = serializers.ChoiceField(["left", "right"], allow_null=True, default=None)
    assistance = serializers.ChoiceField(Assistance.choices, allow_blank=True, default="")
    sets = serializers.JSONField(required=False)
    reps = serializers.JSONField(required=False)
    hold_s = serializers.JSONField(required=False)
    rest_s = serializers.JSONField(required=False)
    days_of_week = serializers.JSONField(required=False)
    times = serializers.JSONField(required=False)

    def validate(self, item: dict[str, Any]) -> dict[str, Any]:
        exercise = self.context["reference"].exercises[item["exercise"]]
        given = {part: item[part] for part in dosage.HOME_DOSE if part in item}
        checked = dosage.check_home_dose(exercise, given)
        if checked.errors:
            raise serializers.ValidationError(checked.errors)
        if exercise["laterality"] != "per-side":
            item["side"] = None  # it has no side: both are done, or the middle
        return item | checked.values


def _rows(shape: Any, most: int) -> Any:
    """Return a list of rows of a shape; none when it is left out."""
    return shape(many=True, default=list, max_length=most)


class PhaseShape(StrictSerializer):
    id = serializers.UUIDField(required=False)
    name = serializers.CharField(max_length=150, required=False, error_messages=WORDS)
    order = serializers.IntegerField(min_value=1, max_value=1000, required=False)
    weeks = NumberField(
        max_digits=4,
        decimal_places=1,
        min_value=Decimal("0.1"),
        max_value=LONGEST_WEEKS,
        default=Decimal(2),
        error_messages=WEEKS,
    )
    entry = serializers.CharField(max_length=2000, allow_blank=True, default="")
    progress_when = serializers.CharField(max_length=2000, allow_blank=True, default="")
    education = serializers.ListField(child=CatalogueId("education"), max_length=30, default=list)
    clinic = _rows(ClinicItemShape, MOST_ITEMS)
    home = _rows(HomeItemShape, MOST_ITEMS)


@extend_schema_serializer(component_name="Plan")
class TreeShape(StrictSerializer):
    """The tree of a draft. Phases and goals left out are removed; the rest left out stays as it is."""

    phases = _rows(PhaseShape, MOST_PHASES)
    goals = _rows(GoalShape, MOST_GOALS)
    diagnoses = serializers.ListField(child=serializers.UUIDField(), max_length=20, required=False)
    start_date = serializers.DateField(allow_null=True, required=False)
    daily_minutes_max = WholeNumberField(
        min_value=load.LEAST_LIMIT,
        max_value=load.MOST_LIMIT,
        allow_null=True,
        required=False,
        error_messages=WHOLE,
        help_text=_("Minutes of home exercise a day that are enough for this patient; null: the usual."),
    )

    id = serializers.UUIDField(read_only=True)
    lineage_id = serializers.UUIDField(read_only=True)
    version = serializers.IntegerField(read_only=True)
    replaces = serializers.UUIDField(read_only=True, allow_null=True)
    status = serializers.CharField(read_only=True)
    status_reason = serializers.CharField(read_only=True)
    patient = serializers.UUIDField(read_only=True)
    protocol = serializers.CharField(read_only=True, allow_null=True)
    current_phase = serializers.UUIDField(read_only=True, allow_null=True)
    amend_reason = serializers.CharField(read_only=True)
    created_at = serializers.DateTimeField(read_only=True)
    updated_at = serializers.DateTimeField(read_only=True)
    signed_at = serializers.DateTimeField(read_only=True, allow_null=True)
    signed_by = serializers.JSONField(read_only=True)
    overrides = serializers.JSONField(read_only=True)
    findings = serializers.JSONField(read_only=True)
    content_sha256 = serializers.CharField(read_only=True)

    def validate_phases(self, phases: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Put phases in order: by `order` where one is given, else by their place in the list; then number them anew."""
        places = {id(phase): place for place, phase in enumerate(phases, start=1)}
        phases = sorted(phases, key=lambda phase: phase.get("order") or places[id(phase)])
        for place, phase in enumerate(phases, start=1):
            phase["order"] = place
            phase.setdefault("name", _("Phase %d") % place)
        return phases


def read_tree(body: Any, reference: Any, *, partial: bool = False) -> dict[str, Any]:
    """Return a tree that came in, in full and checked. Raises rest_framework's ValidationError, nested as the body is.

    `partial` reads a PATCH: parts of the plan that are left out are left out of the answer.
    """
    shape = TreeShape(data=body, context={"reference": reference})
    shape.is_valid(raise_exception=True)
    tree: dict[str, Any] = dict(shape.validated_data)
    return {part: tree[part] for part in tree if part in body} if partial else tree
