"""Plans by API: the same services as the pages, in the shapes of the contract."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, OpenApiTypes, extend_schema
from rest_framework import serializers, viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from careplans.models import CarePlan, DocumentKind, Layout, PlanStatus
from careplans.printing import printed
from careplans.reads import note_read
from careplans.services import plans, trees
from careplans.services.changes import diff
from careplans.services.checking import check_plan
from careplans.services.shapes import TreeShape
from clinic.api import (
    Needs,
    Pages,
    PreconditionFailed,
    PreconditionRequired,
    StrictSerializer,
)
from clinic.models import LANGUAGES
from patients.models import Patient

LANGUAGE_CODES = [code for code, _name in LANGUAGES]


class NewPlan(StrictSerializer):
    patient = serializers.UUIDField()
    diagnoses = serializers.ListField(child=serializers.UUIDField(), max_length=20, required=False)
    protocol = serializers.CharField(max_length=80, allow_null=True, default=None)
    copy_of = serializers.UUIDField(
        allow_null=True,
        default=None,
        help_text=_("A signed plan of the same patient, to begin with its content."),
    )


class Signature(StrictSerializer):
    overrides = serializers.DictField(default=dict)
    start_date = serializers.DateField(required=False, allow_null=True)


class Nothing(StrictSerializer):
    pass


class MayHaveReason(StrictSerializer):
    reason = serializers.CharField(max_length=500, allow_blank=True, default="")


class NeedsReason(StrictSerializer):
    reason = serializers.CharField(max_length=500)


class NextPhase(MayHaveReason):
    phase = serializers.UUIDField()


class Wanted(StrictSerializer):
    """What a list of plans may be narrowed by."""

    patient = serializers.UUIDField(required=False)
    status = serializers.ChoiceField(PlanStatus.choices, required=False)


class PlanViewSet(viewsets.GenericViewSet):
    """Care plans: drafts to write, versions to sign, and what becomes of them."""

    serializer_class = TreeShape
    pagination_class = Pages
    lookup_value_converter = "uuid"
    permission_classes = [
        Needs(
            "plans.draft",
            to_read="plans.read",
            check="plans.read",
            document="plans.print",
            **dict.fromkeys(("sign", "phase", "hold", "resume", "complete", "revoke"), "plans.sign"),
        )
    ]

    def get_queryset(self) -> QuerySet[CarePlan]:
        if getattr(self, "swagger_fake_view", False):  # the schema is made without anybody calling
            return CarePlan.objects.none()
        return CarePlan.objects.visible_to(self.request._request.membership)

    @extend_schema(
        operation_id="plans_list",
        parameters=[
            OpenApiParameter("patient", OpenApiTypes.UUID),
            OpenApiParameter("status", enum=PlanStatus.values),
        ],
        responses={200: OpenApiTypes.OBJECT},
    )
    def list(self, request: Request) -> Response:
        """The plans there are, newest first, without their content."""
        wanted = _read(
            Wanted,
            {key: value for key, value in request.query_params.items() if key in ("patient", "status")},
        )
        found = self.get_queryset().filter(**wanted).with_summary().order_by("-pk")
        page = self.paginate_queryset(found)
        return self.get_paginated_response([trees.summary(plan) for plan in page])

    @extend_schema(request=NewPlan, responses={201: TreeShape})
    def create(self, request: Request) -> Response:
        """Start a draft: from a protocol, as a copy of an earlier plan, or from nothing."""
        body = _read(NewPlan, request.data)
        seen = Patient.objects.visible_to(request._request.membership)
        if not seen.filter(pk=body["patient"]).exists():
            raise serializers.ValidationError({"patient": [_("There is no such patient.")]})
        plan = plans.create_plan(
            body["patient"],
            diagnosis_ids=body.get("diagnoses"),
            protocol_id=body["protocol"],
            copy_of=body["copy_of"],
            by=request._request.membership,
        )
        return answer(plan, status=201)

    @extend_schema(responses={200: TreeShape})
    def retrieve(self, request: Request, pk: UUID) -> Response:
        """The whole tree. Its ETag is what a later PUT names in If-Match."""
        plan = get_object_or_404(self.get_queryset().with_content(), pk=pk)
        note_read(request._request, plan.patient_id, "plan")
        return answer(plan)

    @extend_schema(request=TreeShape, responses={200: TreeShape})
    def update(self, request: Request, pk: UUID) -> Response:
        """Put another tree in place of a draft's. Needs If-Match."""
        return self._save(request, pk, partial=False)

    @extend_schema(request=TreeShape, responses={200: TreeShape})
    def partial_update(self, request: Request, pk: UUID) -> Response:
        """Replace parts of a draft: `phases`, `goals`, `diagnoses`, `start_date`, each as a whole. Needs If-Match."""
        return self._save(request, pk, partial=True)

    @extend_schema(responses={204: None})
    def destroy(self, request: Request, pk: UUID) -> Response:
        """Discard a draft. Needs If-Match. A signed version is never deleted."""
        get_object_or_404(self.get_queryset(), pk=pk)
        try:
            plans.discard_draft(pk, by=request._request.membership, if_match=request.headers.get("If-Match"))
        except plans.NoVersionNamed as refusal:
            raise PreconditionRequired(str(refusal)) from None
        except plans.SavedMeanwhile as refusal:
            raise PreconditionFailed(str(refusal)) from None
        return Response(status=204)

    def _save(self, request: Request, pk: UUID, *, partial: bool) -> Response:
        get_object_or_404(self.get_queryset(), pk=pk)
        try:
            plan = plans.save_draft(
                pk,
                request.data,
                by=request._request.membership,
                if_match=request.headers.get("If-Match"),
                partial=partial,
            )
        except plans.NoVersionNamed as refusal:
            raise PreconditionRequired(str(refusal)) from None
        except plans.SavedMeanwhile as refusal:
            raise PreconditionFailed(str(refusal)) from None
        return answer(plan)

    @extend_schema(request=Nothing, responses={200: OpenApiTypes.OBJECT})
    @action(detail=True, methods=["post"])
    def check(self, request: Request, pk: UUID) -> Response:
        """What speaks against the plan for this patient today, and what must still be asked."""
        plan = get_object_or_404(self.get_queryset().with_content().select_related("patient"), pk=pk)
        _read(Nothing, request.data)
        return Response(check_plan(plan).as_dict())

    @extend_schema(request=Signature, responses={200: TreeShape})
    @action(detail=True, methods=["post"])
    def sign(self, request: Request, pk: UUID) -> Response:
        """Make the draft the active version."""
        return self._act(request, pk, Signature, plans.sign_plan, if_match=request.headers.get("If-Match"))

    @extend_schema(request=NeedsReason, responses={201: TreeShape})
    @action(detail=True, methods=["post"])
    def amend(self, request: Request, pk: UUID) -> Response:
        """Start the next version, as a draft with the same content."""
        return self._act(request, pk, NeedsReason, plans.amend_plan, status=201)

    @extend_schema(request=NextPhase, responses={200: TreeShape})
    @action(detail=True, methods=["post"])
    def phase(self, request: Request, pk: UUID) -> Response:
        """Begin a phase."""
        return self._act(request, pk, NextPhase, plans.set_phase, rename={"phase": "phase_id"})

    @extend_schema(request=NeedsReason, responses={200: TreeShape})
    @action(detail=True, methods=["post"])
    def hold(self, request: Request, pk: UUID) -> Response:
        """Interrupt the plan."""
        return self._act(request, pk, NeedsReason, plans.hold)

    @extend_schema(request=MayHaveReason, responses={200: TreeShape})
    @action(detail=True, methods=["post"])
    def resume(self, request: Request, pk: UUID) -> Response:
        """Go on with a plan on hold."""
        return self._act(request, pk, MayHaveReason, plans.resume)

    @extend_schema(request=MayHaveReason, responses={200: TreeShape})
    @action(detail=True, methods=["post"])
    def complete(self, request: Request, pk: UUID) -> Response:
        """End a plan that has done its work."""
        return self._act(request, pk, MayHaveReason, plans.complete)

    @extend_schema(request=NeedsReason, responses={200: TreeShape})
    @action(detail=True, methods=["post"])
    def revoke(self, request: Request, pk: UUID) -> Response:
        """End a plan that should not be followed any more."""
        return self._act(request, pk, NeedsReason, plans.revoke)

    @extend_schema(
        parameters=[OpenApiParameter("against", OpenApiTypes.UUID)], responses={200: OpenApiTypes.OBJECT}
    )
    @action(detail=True, methods=["get"])
    def diff(self, request: Request, pk: UUID) -> Response:
        """What changed from another version (`against`; else the one that this replaces) to this one."""
        found = self.get_queryset().with_content()
        plan = get_object_or_404(found, pk=pk)
        against = request.query_params.get("against") or plan.replaces_id
        other = found.filter(patient=plan.patient_id, pk=_uuid_or_400(against)).first() if against else None
        if other is None:
            raise serializers.ValidationError({"against": [_("There is no such version to compare with.")]})
        note_read(request._request, plan.patient_id, "plan")
        return Response({"plan": str(plan.pk), "against": str(other.pk), "changes": diff(other, plan)})

    @extend_schema(
        operation_id="plans_document",
        parameters=[
            OpenApiParameter(
                "kind", enum=DocumentKind.values, description="Needed, unless `print` is given."
            ),
            OpenApiParameter("language", enum=LANGUAGE_CODES, description="Else the patient's."),
            OpenApiParameter("layout", enum=Layout.values, description="Else normal."),
            OpenApiParameter(
                "print", OpenApiTypes.UUID, description="Print this one again, with what it said then."
            ),
        ],
        responses={(200, "application/pdf"): OpenApiTypes.BINARY},
    )
    def document(self, request: Request, pk: UUID) -> HttpResponse:
        """A signed plan on paper: the home programme, or the plan itself. Patients print the home programme of their own."""
        plan = get_object_or_404(self.get_queryset().only("pk", "patient"), pk=pk)
        return printed(request._request, plan)

    def _act(
        self,
        request: Request,
        pk: UUID,
        shape: type[StrictSerializer],
        service: Callable[..., CarePlan],
        *,
        status: int = 200,
        rename: dict[str, str] | None = None,
        **more: Any,
    ) -> Response:
        """Find the plan, read the body, let the service do it, answer the tree."""
        get_object_or_404(self.get_queryset(), pk=pk)
        told = {(rename or {}).get(key, key): value for key, value in _read(shape, request.data).items()}
        return answer(service(pk, by=request._request.membership, **told, **more), status=status)


def answer(plan: CarePlan, *, status: int = 200) -> Response:
    """Answer a plan's tree with its ETag."""
    return Response(trees.tree(plan), status=status, headers={"ETag": plan.etag})


def _read(shape: type[serializers.Serializer], body: Any) -> dict[str, Any]:
    shaped = shape(data=body)
    shaped.is_valid(raise_exception=True)
    return dict(shaped.validated_data)


def _uuid_or_400(value: Any) -> UUID:
    try:
        return UUID(str(value))
    except ValueError:
        raise serializers.ValidationError({"against": [_("Give the id of a version.")]}) from None
