"""Who did what, by API: for the admin who answers an auditor."""

from typing import Any
from uuid import UUID

from django.http import QueryDict
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, OpenApiTypes, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from clinic import audit
from clinic.api import Needs, Pages, instant_param


class ActorShape(serializers.Serializer):
    id = serializers.UUIDField()
    name = serializers.CharField()


class EntryShape(serializers.Serializer):
    at = serializers.DateTimeField()
    who = ActorShape(allow_null=True)
    action = serializers.ChoiceField(["insert", "update", "delete", "read"])
    what = serializers.CharField(help_text="The table, such as patients.Patient.")
    id = serializers.CharField(help_text="The row.")
    patient = serializers.UUIDField(allow_null=True)
    changed = serializers.ListField(child=serializers.CharField())
    text = serializers.CharField(help_text="The same in one sentence.")
    request = serializers.CharField(help_text="Id of the request, or of the task.")


class AuditShape(serializers.Serializer):
    next = serializers.URLField(allow_null=True)
    previous = serializers.URLField(allow_null=True)
    results = EntryShape(many=True)


class AuditView(APIView):
    """Who did what, newest first; opened records too. A cursor leads on (`next`); there is no way back and no count."""

    permission_classes = [Needs("audit.read")]

    @extend_schema(
        parameters=[
            OpenApiParameter("patient", OpenApiTypes.UUID),
            OpenApiParameter("user", OpenApiTypes.UUID),
            OpenApiParameter("from", description="An instant, or a day in the clinic's zone; included."),
            OpenApiParameter("to", description="The same; not included."),
            OpenApiParameter("page_size", int),
            OpenApiParameter("cursor"),
        ],
        responses=AuditShape,
    )
    def get(self, request: Request) -> Response:
        asked = request.query_params
        entries, rest = audit.recent(
            request._request.membership,
            patient=uuid_param(asked, "patient"),
            user=uuid_param(asked, "user"),
            since=instant_param(request, "from"),
            until=instant_param(request, "to"),
            before=cursor_param(asked),
            most=Pages().get_page_size(request),
        )
        following = asked.copy()
        if rest:
            following["cursor"] = str(rest)
        url = rest and request.build_absolute_uri(f"?{following.urlencode()}")
        return Response({"next": url, "previous": None, "results": [entry_shape(entry) for entry in entries]})


def entry_shape(entry: audit.Entry) -> dict[str, Any]:
    return {
        "at": entry.at.isoformat(),
        "who": entry.user_id and {"id": str(entry.user_id), "name": entry.who},
        "action": entry.action,
        "what": entry.what,
        "id": entry.object_id,
        "patient": entry.patient_id and str(entry.patient_id),
        "changed": list(entry.changed),
        "text": entry.sentence,
        "request": entry.request_id,
    }


def uuid_param(asked: QueryDict, name: str) -> UUID | None:
    """Return the id in a query parameter; None when absent. Raises ValidationError at the parameter."""
    try:
        return UUID(asked[name]) if asked.get(name) else None
    except ValueError:
        raise serializers.ValidationError({name: [_("This is no id.")]}) from None


def cursor_param(asked: QueryDict) -> audit.Cursor | None:
    try:
        return audit.Cursor.read(asked["cursor"]) if asked.get("cursor") else None
    except ValueError:
        raise serializers.ValidationError({"cursor": [_("Take the cursor from an answer.")]}) from None
