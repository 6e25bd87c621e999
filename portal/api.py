"""The patient's own API: today, plan, visits, who read my record, and the sync of what a phone kept."""

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiTypes, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from careplans.services import home
from clinic.api import Needs, StrictSerializer, repeatable
from patients.models import ChartRead, Patient
from portal import services
from scheduling.models import Appointment

LANGUAGES = ["en", "hi", "bn"]


def me(request: Request) -> Patient:
    """Return the patient who calls. One query."""
    return services.find(request._request.membership)


class PreferenceSerializer(StrictSerializer):
    name = serializers.CharField(read_only=True)
    language = serializers.ChoiceField(LANGUAGES, required=False)
    channels = serializers.ListField(
        child=serializers.ChoiceField(["email", "sms", "in-app"]), required=False, max_length=3
    )
    exercise_reminders = serializers.BooleanField(required=False)
    quiet_from = serializers.TimeField(required=False, allow_null=True, format="%H:%M")
    quiet_until = serializers.TimeField(required=False, allow_null=True, format="%H:%M")


class MeView(APIView):
    """Who I am, in which language and how I want to be told."""

    permission_classes = [Needs("me.write", to_read="me.read")]

    @extend_schema(responses={200: PreferenceSerializer})
    def get(self, request: Request) -> Response:
        return Response(services.preferences(me(request), request._request.clinic))

    @extend_schema(request=PreferenceSerializer, responses={200: PreferenceSerializer})
    def patch(self, request: Request) -> Response:
        patient = me(request)
        body = PreferenceSerializer(data=request.data, partial=True)
        body.is_valid(raise_exception=True)
        services.set_preferences(patient, body.validated_data)
        return Response(services.preferences(me(request), request._request.clinic))


class TodayView(APIView):
    """My local day: every session with its exercises, and the next visit."""

    permission_classes = [Needs("me.read")]

    @extend_schema(responses={200: OpenApiTypes.OBJECT})
    def get(self, request: Request) -> Response:
        patient, clinic = me(request), request._request.clinic
        today = home.today(patient, clinic=clinic, language=patient.language)
        return Response(
            {**today, "next_appointment": services.next_visit(patient), "advice": services.advice(clinic)}
        )


class PlanView(APIView):
    """My signed plan, in plain words."""

    permission_classes = [Needs("me.read")]

    @extend_schema(responses={200: OpenApiTypes.OBJECT})
    def get(self, request: Request) -> Response:
        patient = me(request)
        return Response(home.my_plan(patient, language=patient.language))


class AppointmentsView(APIView):
    """My visits, the next first, then those that were."""

    permission_classes = [Needs("me.read")]

    @extend_schema(responses={200: OpenApiTypes.OBJECT})
    def get(self, request: Request) -> Response:
        visits = (
            Appointment.objects.visible_to(request._request.membership)
            .select_related("type")
            .order_by("-span")
        )
        return Response({"results": [services.as_visit(visit) for visit in visits[:200]]})


class AccessLogView(APIView):
    """Who opened my record: role, what and when."""

    permission_classes = [Needs("me.read")]

    @extend_schema(responses={200: OpenApiTypes.OBJECT})
    def get(self, request: Request) -> Response:
        who = request._request.membership
        reads = (
            ChartRead.objects.visible_to(who)
            .filter(patient=who.patient_id)
            .select_related("user")
            .order_by("-at")
        )
        return Response({"results": services.access_log(reads[:200])})


class SyncView(APIView):
    """Take what a phone kept while it had no network. Safe to repeat: an event counts once."""

    permission_classes = [Needs("me.write")]

    @extend_schema(request=OpenApiTypes.OBJECT, responses={200: OpenApiTypes.OBJECT})
    @repeatable
    def post(self, request: Request) -> Response:
        patient = me(request)
        body: Any = request.data
        if not isinstance(body, dict):
            raise serializers.ValidationError({"detail": _("Send an object with events.")})
        results = home.sync(patient, body, clinic=request._request.clinic, now=timezone.now())
        return Response({"results": results})
