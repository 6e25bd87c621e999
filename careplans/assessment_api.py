"""Assessments, measurements and progress by API: the same services as the pages, in the shapes of the contract."""

from typing import Any
from uuid import UUID

from django.db.models import Prefetch, QuerySet
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, OpenApiTypes, extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import ValidationError

from careplans.models import Addendum, Assessment, Measurement
from careplans.services import assessments, measuring
from careplans.services.assessment_shapes import (
    AddendumShape,
    AssessmentShape,
    MeasurementChangeShape,
    MeasurementShape,
    SignatureShape,
)
from careplans.services.progress import progress
from catalogue.knowledge import knowledge
from clinic.api import Needs, instant_param
from patients.api import EntriesViewSet, PatientsViewSet
from patients.reads import log_read
from patients.shapes import ReasonShape, entered, moment

Shown = dict[str, Any]


# --- what is answered ----------------------------------------------------------------------------------------------------
def measurement_shape(row: Measurement) -> Shown:
    """Answer a value, fetched with `entered_by__user`."""
    return {
        "id": str(row.pk),
        "patient": str(row.patient_id),
        "assessment": row.assessment_id and str(row.assessment_id),
        "measure": row.measure_id,
        "name": knowledge().measures[row.measure_id]["name"],
        "value": row.value,
        "site": row.site or None,
        "side": row.side or None,
        "motion": row.motion or None,
        "inputs": row.inputs,
        "conditions": row.conditions,
        "measured_at": moment(row.measured_at),
        "source": row.source,
        **entered(row),
    }


def assessment_shape(row: Assessment, families: set[str] | None = None) -> Shown:
    """Answer an assessment, fetched with people, measurements and addenda."""
    values = [each for each in row.measurements.all() if not each.voided_at]
    families = assessments.families_of(row.patient) if families is None else families
    return {
        "id": str(row.pk),
        "patient": str(row.patient_id),
        "kind": row.kind,
        "status": "signed" if row.signed_at else "draft",
        "red_flags": row.red_flags,
        "red_flag_action": row.red_flag_action,
        "body_chart": row.body_chart,
        "measurements": [measurement_shape(each) for each in values],
        "notes": row.notes,
        "missing": assessments.missing(row, {each.measure_id for each in values}, families),
        "advice": assessments.advice(row),
        "addenda": [
            {
                "id": str(each.pk),
                "text": each.text,
                "by": each.by and {"id": str(each.by_id), "name": str(each.by)},
                "at": moment(each.at),
            }
            for each in row.addenda.all()
        ],
        "updated_at": moment(row.updated_at),
        "signed_at": moment(row.signed_at),
        "signed_by": row.signed_by and {"id": str(row.signed_by_id), "name": str(row.signed_by)},
        **entered(row),
    }


# --- addresses -----------------------------------------------------------------------------------------------------------
class AssessmentViewSet(EntriesViewSet):
    """Assessments of patients: drafts to fill, then signed and added to."""

    model, what, shape = Assessment, "assessments", assessment_shape
    serializer_class = AssessmentShape
    permission_classes = [Needs("chart.edit", to_read="chart.read", sign="chart.sign")]

    def get_queryset(self) -> QuerySet:
        found = super().get_queryset().select_related("patient", "signed_by__user")
        values = Measurement.objects.select_related("entered_by__user").order_by("pk")
        addenda = Addendum.objects.select_related("by__user")
        return found.prefetch_related(Prefetch("measurements", values), Prefetch("addenda", addenda))

    def list(self, request: Request, patient: UUID) -> Response:
        """Those of a patient, newest first."""
        person = self.patient(patient)
        log_read(request._request, person, self.what)
        families = assessments.families_of(person)
        rows = self.get_queryset().filter(patient=person).standing().order_by("-pk")
        return self.paged(rows, lambda row: assessment_shape(row, families))

    def create(self, request: Request, patient: UUID) -> Response:
        """Begin an assessment. A red flag answered true comes back with `advice`."""
        self.patient(patient)
        row = assessments.begin_assessment(patient, self.read(AssessmentShape), by=self.who)
        return self.answer(row.pk, 201)

    def partial_update(self, request: Request, pk: UUID) -> Response:
        """Change what the body names of a draft; `measurements` are then all of them."""
        self.found(pk)
        assessments.save_assessment(pk, self.read(AssessmentShape, partial=True), by=self.who)
        return self.answer(pk)

    @extend_schema(request=SignatureShape)
    @action(detail=True, methods=["post"])
    def sign(self, request: Request, pk: UUID) -> Response:
        """Sign: from here on it does not change."""
        self.found(pk)
        assessments.sign_assessment(pk, by=self.who, **self.read(SignatureShape))
        return self.answer(pk)

    @extend_schema(request=AddendumShape)
    @action(detail=True, methods=["post"])
    def addenda(self, request: Request, pk: UUID) -> Response:
        """Add to what is signed."""
        self.found(pk)
        assessments.add_addendum(pk, self.read(AddendumShape)["text"], by=self.who)
        return self.answer(pk, 201)

    @extend_schema(request=ReasonShape)
    @action(detail=True, methods=["post"])
    def void(self, request: Request, pk: UUID) -> Response:
        """Strike through an assessment that was entered in error."""
        self.found(pk)
        assessments.void_assessment(pk, self.read(ReasonShape)["reason"], by=self.who)
        return self.answer(pk)


class MeasurementViewSet(EntriesViewSet):
    """Values of measures, taken at an assessment or by themselves."""

    model, what, shape = Measurement, "measurements", measurement_shape
    serializer_class = MeasurementShape
    permission_classes = [Needs("chart.edit", to_read="chart.read")]

    @extend_schema(
        parameters=[
            OpenApiParameter("measure", description="Id of a measure."),
            OpenApiParameter("from", description="A date or an instant; included."),
            OpenApiParameter("to", description="A date or an instant; not included."),
        ]
    )
    def list(self, request: Request, patient: UUID) -> Response:
        """Those of a patient, newest first."""
        person = self.patient(patient)
        rows = self.get_queryset().filter(patient=person).standing().filter(**self._wanted(request))
        log_read(request._request, person, self.what)
        return self.paged(rows.order_by("-measured_at", "-pk"), measurement_shape)

    def _wanted(self, request: Request) -> Shown:
        wanted: Shown = {}
        if measure := request.query_params.get("measure"):
            if measure not in knowledge().measures:
                raise ValidationError({"measure": [_("There is no such measure.")]})
            wanted["measure"] = measure
        for name, lookup in (("from", "measured_at__gte"), ("to", "measured_at__lt")):
            if (at := instant_param(request, name)) is not None:
                wanted[lookup] = at
        return wanted

    def create(self, request: Request, patient: UUID) -> Response:
        """Record a value."""
        self.patient(patient)
        row = measuring.record_measurement(patient, self.read(MeasurementShape), by=self.who)
        return self.answer(row.pk, 201)

    @extend_schema(request=MeasurementChangeShape)
    def partial_update(self, request: Request, pk: UUID) -> Response:
        """Change what the body names."""
        self.found(pk)
        measuring.change_measurement(pk, self.read(MeasurementChangeShape, partial=True), by=self.who)
        return self.answer(pk)

    @extend_schema(request=ReasonShape)
    @action(detail=True, methods=["post"])
    def void(self, request: Request, pk: UUID) -> Response:
        """Strike through a value that was entered in error."""
        self.found(pk)
        measuring.void_measurement(pk, self.read(ReasonShape)["reason"], by=self.who)
        return self.answer(pk)


class ProgressViewSet(PatientsViewSet):
    """How a patient fares, by benefit."""

    permission_classes = [Needs("chart.read")]

    @extend_schema(responses={200: OpenApiTypes.OBJECT})
    def retrieve(self, request: Request, patient: UUID) -> Response:
        person = self.patient(patient)
        log_read(request._request, person, "progress")
        return Response(progress(person))
