"""Patients by API: people, their safety flags and screen, their diagnoses; the same services as the pages."""

from typing import Any, ClassVar
from uuid import UUID

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, OpenApiTypes, extend_schema
from rest_framework import serializers, viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from catalogue.knowledge import knowledge
from clinic.access import Access
from clinic.api import Needs, Pages
from patients import searching, services, shapes
from patients.models import Diagnosis, Medication, OutsideTreatment, Patient, RecordMerge, SafetyFlag
from patients.reads import log_read


class PatientsViewSet(viewsets.GenericViewSet):
    """What the routes below share: who calls, which patient, the body read strictly."""

    pagination_class = Pages
    lookup_value_converter = "uuid"

    @property
    def who(self) -> Access:
        return self.request._request.membership

    def patient(self, pk: UUID) -> Patient:
        return get_object_or_404(Patient.objects.visible_to(self.who), pk=pk)

    def read(self, shape: type[serializers.Serializer], *, partial: bool = False) -> dict[str, Any]:
        clinic = self.request._request.clinic
        body = shape(data=self.request.data, partial=partial, context={"country": clinic.country})
        body.is_valid(raise_exception=True)
        return dict(body.validated_data)

    def paged(self, rows: QuerySet, shape: Any) -> Response:
        return self.get_paginated_response([shape(row) for row in self.paginate_queryset(rows)])


def _uuid(name: str, told: str) -> UUID:
    try:
        return UUID(told)
    except ValueError:
        raise serializers.ValidationError({name: [_("This is no id.")]}) from None


class PatientViewSet(PatientsViewSet):
    """The people in the clinic's care."""

    serializer_class = shapes.PatientShape
    permission_classes = [
        Needs(
            "patients.edit",
            to_read="patients.read",
            invite="patients.invite",
            duplicates="patients.read",
            merge="patients.merge",
            apart="patients.merge",
        )
    ]

    def get_queryset(self) -> QuerySet[Patient]:
        if getattr(self, "swagger_fake_view", False):
            return Patient.objects.none()
        return Patient.objects.visible_to(self.who)

    @extend_schema(
        parameters=[
            OpenApiParameter("q", description="A scrap of a name, a phone or a number; the nearest first."),
            OpenApiParameter("flag", description="Id of a safety flag that is active."),
            OpenApiParameter(
                "therapist", OpenApiTypes.UUID, description="Who is responsible: member or user."
            ),
        ]
    )
    def list(self, request: Request) -> Response:
        """Those on record but the archived, by name; with `q` at most 200, the nearest first."""
        found = self.get_queryset().filter(archived_at=None).with_people()
        if flag := request.query_params.get("flag"):
            if flag not in knowledge().flags:
                raise serializers.ValidationError({"flag": [_("There is no such flag.")]})
            flagged = SafetyFlag.objects.for_clinic(self.who).filter(flag=flag).active()
            found = found.filter(pk__in=flagged.values("patient"))
        if therapist := request.query_params.get("therapist"):
            found = found.of_therapist(_uuid("therapist", therapist))
        if q := request.query_params.get("q", "").strip():
            found = found.found(searching.read(q), self.who)
        else:
            found = found.order_by("name_key", "pk")
        return self.paged(found, shapes.patient_shape)

    def create(self, request: Request) -> Response:
        """Register somebody; the answer names who may be the same person, and never refuses for it."""
        fields = self.read(shapes.PatientShape)
        consents = fields.pop("consents", None)
        patient = services.create_patient(fields, by=self.who, consents=consents)
        doubles = services.duplicates(fields, by=self.who, apart_from=patient.pk)
        answer = self._answer(patient.pk, status=201)
        answer.data["possible_duplicates"] = [shapes.double_shape(double) for double in doubles]
        return answer

    def retrieve(self, request: Request, pk: UUID) -> Response:
        answer = self._answer(pk)
        log_read(request._request, pk, "record")
        return answer

    def partial_update(self, request: Request, pk: UUID) -> Response:
        """Change what the body names."""
        self.patient(pk)
        fields = self.read(shapes.PatientShape, partial=True)
        consents = fields.pop("consents", None)
        services.update_patient(pk, fields, by=self.who, consents=consents)
        return self._answer(pk)

    @extend_schema(request=shapes.NothingShape)
    @action(detail=True, methods=["post"])
    def archive(self, request: Request, pk: UUID) -> Response:
        """Close a record: it leaves the lists, and nothing more is sent. Nothing is deleted."""
        self.patient(pk)
        self.read(shapes.NothingShape)
        services.archive(pk, by=self.who)
        return self._answer(pk)

    @extend_schema(request=shapes.NothingShape, responses={201: shapes.PatientShape})
    @action(detail=True, methods=["post"])
    def invite(self, request: Request, pk: UUID) -> Response:
        """Let the patient sign in to the portal by one-time code, and tell them."""
        self.patient(pk)
        self.read(shapes.NothingShape)
        services.invite(pk, by=self.who)
        return self._answer(pk, status=201)

    @extend_schema(request=shapes.DescriptionShape, responses={200: OpenApiTypes.OBJECT})
    @action(detail=False, methods=["post"])
    def duplicates(self, request: Request) -> Response:
        """Who on record may be somebody described in part, with a score from 0.6 to 1 and the reasons."""
        doubles = services.duplicates(self.read(shapes.DescriptionShape), by=self.who)
        return Response({"results": [shapes.double_shape(double) for double in doubles]})

    @extend_schema(request=shapes.MergeShape, responses={201: shapes.MergeShape})
    @action(detail=True, methods=["post"])
    def merge(self, request: Request, pk: UUID) -> Response:
        """Move all that another record of the same person holds to this one, and close it; it can be undone."""
        self.patient(pk)
        body = self.read(shapes.MergeShape)
        if not self.get_queryset().filter(pk=body["merged"]).exists():
            raise serializers.ValidationError({"merged": [_("There is no such patient.")]})
        told = {"take": body.get("take", ()), "reason": body.get("reason", "")}
        done = services.merge(pk, body["merged"], by=self.who, **told)
        return Response(shapes.merge_shape(done), status=201)

    @extend_schema(responses=shapes.MergeShape(many=True))
    @action(detail=True, methods=["get"])
    def merges(self, request: Request, pk: UUID) -> Response:
        """What was merged into this record, those undone too, newest first."""
        return self.paged(
            _merges(self.who).filter(survivor=self.patient(pk)).order_by("-pk"), shapes.merge_shape
        )

    @extend_schema(request=shapes.ApartShape, responses={204: None})
    @action(detail=True, methods=["post"])
    def apart(self, request: Request, pk: UUID) -> Response:
        """Remember that this and other records are different people: nobody is asked about these pairs again."""
        self.patient(pk)
        body = self.read(shapes.ApartShape)
        others = set(body["others"])
        if self.get_queryset().filter(pk__in=others).exclude(pk=pk).count() < len(others):
            raise serializers.ValidationError({"others": [_("There is no such patient.")]})
        services.keep_apart(pk, others, body["reason"], by=self.who)
        return Response(status=204)

    def _answer(self, pk: UUID, status: int = 200) -> Response:
        patient = get_object_or_404(self.get_queryset().with_people(), pk=pk)
        return Response(shapes.patient_shape(patient), status=status)


def _merges(who: Access) -> QuerySet[RecordMerge]:
    return RecordMerge.objects.for_clinic(who).select_related("merged_by__user", "undone_by__user")


class MergeViewSet(PatientsViewSet):
    """Two records that became one."""

    serializer_class = shapes.MergeShape
    permission_classes = [Needs("patients.merge")]

    @extend_schema(request=shapes.NothingShape)
    @action(detail=True, methods=["post"])
    def undo(self, request: Request, pk: UUID) -> Response:
        """Make two records again: each has what it had, and what has been hung on that since."""
        get_object_or_404(_merges(self.who), pk=pk)
        self.read(shapes.NothingShape)
        services.undo_merge(pk, by=self.who)
        return Response(shapes.merge_shape(_merges(self.who).get(pk=pk)))


class EntriesViewSet(PatientsViewSet):
    """Entries on a patient's record: listed and created under the patient, read and changed at their own address."""

    model: ClassVar[Any]
    what: ClassVar[str]
    shape: ClassVar[Any]

    def get_queryset(self) -> QuerySet:
        if getattr(self, "swagger_fake_view", False):
            return self.model.objects.none()
        return self.model.objects.visible_to(self.who).select_related("entered_by__user")

    def list(self, request: Request, patient: UUID) -> Response:
        """What stands on the record, newest first; what was struck through is left out."""
        person = self.patient(patient)
        log_read(request._request, person, self.what)
        rows = self.get_queryset().filter(patient=person).standing().order_by("-pk")
        return self.paged(rows, type(self).shape)

    def retrieve(self, request: Request, pk: UUID) -> Response:
        row = get_object_or_404(self.get_queryset(), pk=pk)
        log_read(request._request, row.patient_id, self.what)
        return self.answer(row.pk)

    def answer(self, pk: UUID, status: int = 200) -> Response:
        return Response(type(self).shape(self.get_queryset().get(pk=pk)), status=status)

    def found(self, pk: UUID) -> None:
        """Refuse an entry that is not there, before the body is read."""
        get_object_or_404(self.get_queryset().order_by(), pk=pk)


class FlagViewSet(EntriesViewSet):
    """Safety flags of patients."""

    model, what, shape = SafetyFlag, "safety", shapes.flag_shape
    serializer_class = shapes.FlagShape
    permission_classes = [Needs("flags.edit", to_read="flags.read")]

    def create(self, request: Request, patient: UUID) -> Response:
        """Put a flag on record: it counts from `since` (today when null) on."""
        self.patient(patient)
        fields = self.read(shapes.FlagShape)
        return self.answer(services.record_flag(patient, fields.pop("flag"), by=self.who, **fields).pk, 201)

    @extend_schema(request=shapes.FlagChangeShape)
    def partial_update(self, request: Request, pk: UUID) -> Response:
        """Change regions, note, since or until."""
        self.found(pk)
        services.change_flag(pk, self.read(shapes.FlagChangeShape, partial=True), by=self.who)
        return self.answer(pk)

    @extend_schema(request=shapes.EndShape)
    @action(detail=True, methods=["post"])
    def end(self, request: Request, pk: UUID) -> Response:
        """End a flag: from `until` (today when absent) on it counts no more."""
        self.found(pk)
        services.end_flag(pk, by=self.who, **self.read(shapes.EndShape))
        return self.answer(pk)

    @extend_schema(request=shapes.ReasonShape)
    @action(detail=True, methods=["post"])
    def void(self, request: Request, pk: UUID) -> Response:
        """Strike through a flag that was entered in error."""
        self.found(pk)
        services.void_flag(pk, self.read(shapes.ReasonShape)["reason"], by=self.who)
        return self.answer(pk)


class ScreenViewSet(PatientsViewSet):
    """The safety screen of a patient: what was asked and answered, and what is due."""

    serializer_class = shapes.ScreenShape
    permission_classes = [Needs("flags.edit", to_read="flags.read")]

    def retrieve(self, request: Request, patient: UUID) -> Response:
        person = self.patient(patient)
        log_read(request._request, person, "safety")
        return Response(services.safety_screen(person, by=self.who))

    def create(self, request: Request, patient: UUID) -> Response:
        """Answer questions, all or none: true records or renews the flag, false ends it, null is "not sure"."""
        self.patient(patient)
        answers = self.read(shapes.ScreenShape)["answers"]
        return Response(services.answer_safety_screen(patient, answers, by=self.who))


class DiagnosisViewSet(EntriesViewSet):
    """Diagnoses of patients."""

    model, what, shape = Diagnosis, "diagnoses", shapes.diagnosis_shape
    serializer_class = shapes.DiagnosisShape
    permission_classes = [Needs("chart.edit", to_read="chart.read")]

    def create(self, request: Request, patient: UUID) -> Response:
        """Record a diagnosis. What is missing is named in `missing`, never refused."""
        self.patient(patient)
        row = services.record_diagnosis(patient, self.read(shapes.DiagnosisShape), by=self.who)
        return self.answer(row.pk, 201)

    def partial_update(self, request: Request, pk: UUID) -> Response:
        """Change what the body names."""
        self.found(pk)
        services.change_diagnosis(pk, self.read(shapes.DiagnosisShape, partial=True), by=self.who)
        return self.answer(pk)

    @extend_schema(request=shapes.ReasonShape)
    @action(detail=True, methods=["post"])
    def void(self, request: Request, pk: UUID) -> Response:
        """Strike through a diagnosis that was entered in error."""
        self.found(pk)
        services.void_diagnosis(pk, self.read(shapes.ReasonShape)["reason"], by=self.who)
        return self.answer(pk)


class MedicationViewSet(EntriesViewSet):
    """Medicines of patients, each dose with its time."""

    model, what, shape = Medication, "medications", shapes.medication_shape
    serializer_class = shapes.MedicationShape
    permission_classes = [Needs("chart.edit", to_read="chart.read")]

    def create(self, request: Request, patient: UUID) -> Response:
        """Record a medicine."""
        self.patient(patient)
        row = services.record_medication(patient, self.read(shapes.MedicationShape), by=self.who)
        return self.answer(row.pk, 201)

    def partial_update(self, request: Request, pk: UUID) -> Response:
        """Change what the body names. For another dose end this one, and record the new."""
        self.found(pk)
        services.change_medication(pk, self.read(shapes.MedicationShape, partial=True), by=self.who)
        return self.answer(pk)

    @extend_schema(request=shapes.ReasonShape)
    @action(detail=True, methods=["post"])
    def void(self, request: Request, pk: UUID) -> Response:
        """Strike through a medicine that was entered in error."""
        self.found(pk)
        services.void_medication(pk, self.read(shapes.ReasonShape)["reason"], by=self.who)
        return self.answer(pk)


class OutsideTreatmentViewSet(EntriesViewSet):
    """Treatments elsewhere: what changes spasm and pain and is not this clinic's doing."""

    model, what, shape = OutsideTreatment, "medications", shapes.outside_treatment_shape
    serializer_class = shapes.OutsideTreatmentShape
    permission_classes = [Needs("chart.edit", to_read="chart.read")]

    def create(self, request: Request, patient: UUID) -> Response:
        """Record what happened elsewhere."""
        self.patient(patient)
        fields = self.read(shapes.OutsideTreatmentShape)
        return self.answer(services.record_outside_treatment(patient, fields, by=self.who).pk, 201)

    def partial_update(self, request: Request, pk: UUID) -> Response:
        """Change what the body names."""
        self.found(pk)
        fields = self.read(shapes.OutsideTreatmentShape, partial=True)
        services.change_outside_treatment(pk, fields, by=self.who)
        return self.answer(pk)

    @extend_schema(request=shapes.ReasonShape)
    @action(detail=True, methods=["post"])
    def void(self, request: Request, pk: UUID) -> Response:
        """Strike through what was entered in error."""
        self.found(pk)
        services.void_outside_treatment(pk, self.read(shapes.ReasonShape)["reason"], by=self.who)
        return self.answer(pk)
