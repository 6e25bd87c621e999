"""The calendar by API: the same services as the pages, in the shapes of the contract."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet
from django.shortcuts import get_object_or_404
from django.urls import path
from drf_spectacular.utils import OpenApiParameter, OpenApiTypes, extend_schema
from rest_framework import serializers, viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.routers import SimpleRouter
from rest_framework.views import APIView

from clinic.access import Access
from clinic.api import Needs, Pages, instant_param, repeatable
from scheduling import services, shapes
from scheduling.models import Appointment, AppointmentType, Booking, Kind, Resource, Status
from scheduling.services.series import as_planned

PERIOD = [
    OpenApiParameter("from", OpenApiTypes.DATETIME, description="An instant or a date, included."),
    OpenApiParameter("to", OpenApiTypes.DATETIME, description="An instant or a date, not included."),
]
KEY = OpenApiParameter(
    "Idempotency-Key",
    location="header",
    description="The same key and body get the first answer for 24 hours.",
)
STEP = {200: shapes.AppointmentShape, 409: shapes.RefusalShape}


class Calling:
    """What the routes below share: who calls, and what they say, read strictly."""

    request: Request

    @property
    def who(self) -> Access:
        return self.request._request.membership

    def read(self, shape: type[serializers.Serializer], *, partial: bool = False) -> dict[str, Any]:
        body = shape(data=self.request.data, partial=partial)
        body.is_valid(raise_exception=True)
        return dict(body.validated_data)

    def asked(self, shape: type[serializers.Serializer]) -> dict[str, Any]:
        """Return the parameters of the address that `shape` knows; others are left alone."""
        told = {name: value for name, value in self.request.query_params.items() if name in shape().fields}
        question = shape(data=told)
        question.is_valid(raise_exception=True)
        return dict(question.validated_data)


class AppointmentTypesView(Calling, APIView):
    """What people come for, and how long it usually takes."""

    permission_classes = [Needs("appointments.read")]

    @extend_schema(responses=shapes.AppointmentTypesShape)
    def get(self, request: Request) -> Response:
        kinds = AppointmentType.objects.for_clinic(self.who).filter(active=True)
        return Response({"results": [shapes.type_shape(kind) for kind in kinds]})


class ResourceViewSet(Calling, viewsets.GenericViewSet):
    """Therapists, rooms and devices."""

    serializer_class = shapes.ResourceShape
    pagination_class = Pages
    lookup_value_converter = "uuid"
    permission_classes = [Needs("resources.edit", to_read="resources.read")]

    def get_queryset(self) -> QuerySet[Resource]:
        if getattr(self, "swagger_fake_view", False):
            return Resource.objects.none()
        return Resource.objects.for_clinic(self.who).select_related("member")

    @extend_schema(
        parameters=[
            OpenApiParameter("kind", enum=Kind.values),
            OpenApiParameter("active", OpenApiTypes.BOOL, description="false: those out of use."),
        ]
    )
    def list(self, request: Request) -> Response:
        """What can be booked, by kind and name."""
        found = self.get_queryset().filter(**{"active": True} | self.asked(shapes.WantedResourcesShape))
        page = self.paginate_queryset(found.order_by("kind", "name", "pk"))
        return self.get_paginated_response([shapes.resource_shape(row) for row in page])

    def create(self, request: Request) -> Response:
        row = services.create_resource(self.read(shapes.ResourceShape), by=self.who)
        return Response(shapes.resource_shape(row), status=201)

    def retrieve(self, request: Request, pk: UUID) -> Response:
        return Response(shapes.resource_shape(get_object_or_404(self.get_queryset(), pk=pk)))

    def partial_update(self, request: Request, pk: UUID) -> Response:
        """Change what the body names. What is booked stays booked."""
        get_object_or_404(self.get_queryset(), pk=pk)
        row = services.update_resource(pk, self.read(shapes.ResourceShape, partial=True), by=self.who)
        return Response(shapes.resource_shape(row))


class AvailabilityView(Calling, APIView):
    """When a visit could begin."""

    permission_classes = [Needs("appointments.read")]

    @extend_schema(
        parameters=[
            OpenApiParameter("type", OpenApiTypes.UUID, required=True),
            *PERIOD,
            *(OpenApiParameter(kind, description="An id, or any.") for kind in Kind.values),
            OpenApiParameter("patient", OpenApiTypes.UUID, description="Only when they are free too."),
            OpenApiParameter("minutes", OpenApiTypes.INT, description="The type's when absent."),
        ],
        responses=shapes.FreeStartsShape,
    )
    def get(self, request: Request) -> Response:
        """Free starts, from now for two weeks unless told otherwise; with any therapist when nothing is named."""
        question = self.asked(shapes.WantedStartsShape)
        period = {"start": instant_param(request, "from"), "end": instant_param(request, "to")}
        found = services.availability(question.pop("type"), by=self.who, **period, **question)
        return Response({"results": [shapes.free_shape(choice) for choice in found]})


class AppointmentViewSet(Calling, viewsets.GenericViewSet):
    """Visits: booked, moved, received, called off."""

    serializer_class = shapes.AppointmentShape
    pagination_class = Pages
    lookup_value_converter = "uuid"
    permission_classes = [Needs("appointments.edit", to_read="appointments.read")]

    def get_queryset(self) -> QuerySet[Appointment]:
        if getattr(self, "swagger_fake_view", False):
            return Appointment.objects.none()
        return Appointment.objects.visible_to(self.who)

    @extend_schema(
        parameters=[
            *PERIOD,
            OpenApiParameter("resource", OpenApiTypes.UUID),
            OpenApiParameter("patient", OpenApiTypes.UUID),
            OpenApiParameter("status", enum=Status.values),
        ]
    )
    def list(self, request: Request) -> Response:
        """Visits that begin in a period, by their start."""
        wanted = self.asked(shapes.WantedAppointmentsShape)
        period = instant_param(request, "from"), instant_param(request, "to")
        found = self.get_queryset().between(*period)
        if resource := wanted.pop("resource", None):
            booked = Booking.objects.for_clinic(self.who).filter(
                resource=resource, appointment=OuterRef("pk")
            )
            found = found.filter(Exists(booked))
        page = self.paginate_queryset(found.filter(**wanted).for_answer().order_by("starts_at", "pk"))
        return self.get_paginated_response([shapes.appointment_shape(visit) for visit in page])

    @extend_schema(parameters=[KEY], responses={201: shapes.AppointmentShape, 409: shapes.ConflictShape})
    @repeatable
    def create(self, request: Request) -> Response:
        """Book a visit. Taken: 409 with what stands in the way and the nearest alternatives."""
        visit = services.book(self.read(shapes.AppointmentShape), by=self.who)
        return Response(shapes.appointment_shape(visit), status=201)

    def retrieve(self, request: Request, pk: UUID) -> Response:
        visit = get_object_or_404(self.get_queryset().for_answer(), pk=pk)
        return Response(shapes.appointment_shape(visit))

    @extend_schema(
        request=shapes.AppointmentChangeShape,
        responses={200: shapes.AppointmentShape, 409: shapes.ConflictShape},
    )
    def partial_update(self, request: Request, pk: UUID) -> Response:
        """Move a visit: another start, length or resources. Its old places are let go of first."""
        self._found(pk)
        changes = self.read(shapes.AppointmentChangeShape, partial=True)
        return Response(shapes.appointment_shape(services.move(pk, changes, by=self.who)))

    @extend_schema(request=shapes.NothingShape, responses=STEP)
    @action(detail=True, methods=["post"])
    def confirm(self, request: Request, pk: UUID) -> Response:
        """Note that the patient will come."""
        return self._step(pk, services.confirm)

    @extend_schema(request=shapes.NothingShape, responses=STEP)
    @action(detail=True, methods=["post"], url_path="check-in")
    def check_in(self, request: Request, pk: UUID) -> Response:
        """Note that the patient has arrived."""
        return self._step(pk, services.check_in)

    @extend_schema(request=shapes.NothingShape, responses=STEP)
    @action(detail=True, methods=["post"])
    def start(self, request: Request, pk: UUID) -> Response:
        """Begin the session."""
        return self._step(pk, services.start)

    @extend_schema(request=shapes.NothingShape, responses=STEP)
    @action(detail=True, methods=["post"])
    def complete(self, request: Request, pk: UUID) -> Response:
        """End the session."""
        return self._step(pk, services.complete)

    @extend_schema(request=shapes.WhyShape, responses=STEP)
    @action(detail=True, methods=["post"])
    def cancel(self, request: Request, pk: UUID) -> Response:
        """Call a visit off."""
        return self._step(pk, services.cancel, shapes.WhyShape)

    @extend_schema(request=shapes.WhyShape, responses=STEP)
    @action(detail=True, methods=["post"], url_path="no-show")
    def no_show(self, request: Request, pk: UUID) -> Response:
        """Note that the patient did not come."""
        return self._step(pk, services.no_show, shapes.WhyShape)

    @extend_schema(
        request=shapes.NothingShape, responses={200: shapes.AppointmentShape, 409: shapes.ConflictShape}
    )
    @action(detail=True, methods=["post"])
    def restore(self, request: Request, pk: UUID) -> Response:
        """Take back that a visit was cancelled or missed, if its places are free still."""
        return self._step(pk, services.restore)

    def _found(self, pk: UUID) -> None:
        """Refuse a visit that is not there, before the body is read."""
        get_object_or_404(self.get_queryset().only("pk"), pk=pk)

    def _step(
        self,
        pk: UUID,
        service: Callable[..., Appointment],
        shape: type[serializers.Serializer] = shapes.NothingShape,
    ) -> Response:
        self._found(pk)
        return Response(shapes.appointment_shape(service(pk, by=self.who, **self.read(shape))))


class SeriesViewSet(Calling, viewsets.GenericViewSet):
    """Visits booked together."""

    serializer_class = shapes.SeriesShape
    permission_classes = [Needs("appointments.edit")]

    @extend_schema(request=shapes.PatternShape, responses={200: shapes.PlannedSeriesShape})
    @action(detail=False, methods=["post"])
    def plan(self, request: Request) -> Response:
        """Work out the visits of a pattern, with what stands in their way. Nothing is held.

        Of every occurrence the first alternative can be taken together with all the others.
        """
        planned = services.plan_series(self.read(shapes.PatternShape), by=self.who)
        clinic = request._request.clinic
        return Response({"occurrences": [as_planned(each, clinic) for each in planned]})

    @extend_schema(
        parameters=[KEY],
        request=shapes.NewSeriesShape,
        responses={201: shapes.SeriesShape, 409: shapes.SeriesConflictShape},
    )
    @repeatable
    def create(self, request: Request) -> Response:
        """Book the agreed visits, all or none."""
        series = services.book_series(self.read(shapes.NewSeriesShape), by=self.who)
        ids = [visit.pk for visit in series.appointments.all()]
        return Response({"id": series.pk, "appointments": ids}, status=201)


router = SimpleRouter(use_regex_path=False)
router.register("resources", ResourceViewSet, basename="resources")
router.register("appointments", AppointmentViewSet, basename="appointments")
router.register("series", SeriesViewSet, basename="series")
urls = [
    path("appointment-types/", AppointmentTypesView.as_view(), name="appointment-types"),
    path("availability/", AvailabilityView.as_view(), name="availability"),
    *router.urls,
]
