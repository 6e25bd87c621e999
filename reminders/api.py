"""The ledger of messages over the API: what was promised, sent, skipped and failed. Never a message's text."""

from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from clinic.api import Needs, StrictModelSerializer, StrictSerializer
from reminders import services
from reminders.models import Kind, Reminder, State


class ReminderSerializer(StrictModelSerializer):
    class Meta:
        model = Reminder
        fields = [
            "id",
            "patient",
            "appointment",
            "plan",
            "kind",
            "channel",
            "due_at",
            "state",
            "attempts",
            "last_error",
            "finished_at",
        ]


class ReminderFilter(filters.FilterSet):
    patient = filters.UUIDFilter()
    appointment = filters.UUIDFilter()
    state = filters.MultipleChoiceFilter(choices=State.choices)
    kind = filters.MultipleChoiceFilter(choices=Kind.choices)

    class Meta:
        model = Reminder
        fields = ["patient", "appointment", "state", "kind"]


class ReminderViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet):
    """Promised messages, latest due first. Physiotherapists and assistants see those of their own patients."""

    serializer_class = ReminderSerializer
    filterset_class = ReminderFilter
    permission_classes = [Needs("reminders.read", retry="reminders.retry")]
    lookup_value_converter = "uuid"

    def get_queryset(self):
        if getattr(self, "swagger_fake_view", False):
            return Reminder.objects.none()
        return Reminder.objects.ledger_for(self.request._request.membership).order_by("-due_at", "pk")

    @extend_schema(request=None, responses={200: ReminderSerializer})
    @action(detail=True, methods=["post"])
    def retry(self, request: Request, pk: str) -> Response:
        """Send a failed message again, now."""
        found = self.get_object()
        StrictSerializer(data=request.data).is_valid(raise_exception=True)
        reminder = services.retry(found.pk, by=request._request.membership)
        return Response(self.get_serializer(reminder).data)
