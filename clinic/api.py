"""What every API route shares: who calls, what is refused and how, strict bodies, pages, repeated POSTs."""

import functools
import hashlib
import json
import re
from collections.abc import Callable, Mapping
from datetime import datetime, time
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError as DjangoValidationError
from django.db import connection, models
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.translation import gettext as _
from rest_framework import exceptions, negotiation, pagination, serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.encoders import JSONEncoder
from rest_framework.views import exception_handler

from clinic.api_access import Needs, Public, SignedIn
from clinic.errors import RuleBroken
from clinic.models import IdempotencyKey
from clinic.models.practice import ANSWERS_KEPT

__all__ = [
    "AnythingAccepted",
    "AwareDateTimeField",
    "Needs",
    "Pages",
    "PreconditionFailed",
    "PreconditionRequired",
    "Public",
    "SignedIn",
    "StrictModelSerializer",
    "StrictSerializer",
    "instant_param",
    "repeatable",
    "uuid_or_404",
]


# --- refusals -------------------------------------------------------------------------------------------------------
def answer_refusal(exc: Exception, context: dict[str, Any]) -> Response | None:
    """Turn a broken rule into 409 with its code, and Django's validation into 400 at the field."""
    if isinstance(exc, RuleBroken):
        return Response({"code": exc.code, "detail": str(exc), **exc.extra}, status=409)
    if isinstance(exc, DjangoValidationError):
        exc = exceptions.ValidationError(serializers.as_serializer_error(exc))
    response = exception_handler(exc, context)
    if response is not None and isinstance(response.data, list):
        response.data = {"detail": response.data}
    if response is not None and set(response.data or {}) == {"non_field_errors"}:
        response.data = {"detail": " ".join(response.data["non_field_errors"])}
    return response


class PreconditionRequired(exceptions.APIException):
    status_code = 428
    default_detail = "Send If-Match with the ETag you read."


class PreconditionFailed(exceptions.APIException):
    status_code = 412
    default_detail = "Somebody else saved in between."


class AnythingAccepted(negotiation.BaseContentNegotiation):
    """For a route that answers a file: whatever is accepted, the file comes as it is, and a refusal as JSON."""

    def select_parser(self, request: Request, parsers: Any) -> Any:
        return parsers[0]

    def select_renderer(self, request: Request, renderers: Any, format_suffix: str | None = None) -> Any:
        return renderers[0], renderers[0].media_type


UNSTORABLE = re.compile("[\0\ud800-\udfff]")


# --- bodies ---------------------------------------------------------------------------------------------------------
def unstorable(value: Any) -> bool:
    """Tell whether a JSON value holds text that PostgreSQL cannot store: a NUL, or half of a surrogate pair; or is bottomless."""
    try:
        return _holds_unstorable(value)
    except RecursionError:
        return True


def _holds_unstorable(value: Any) -> bool:
    if isinstance(value, str):
        return UNSTORABLE.search(value) is not None
    if isinstance(value, Mapping):
        return any(_holds_unstorable(key) or _holds_unstorable(item) for key, item in value.items())
    return isinstance(value, list) and any(_holds_unstorable(item) for item in value)


class Strict:
    """Refuse unknown fields and unstorable text at the field. Read-only fields may be sent back and are ignored."""

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, Mapping):
            errors: dict[str, list[str]] = {}
            for key, value in data.items():
                if key not in self.fields:  # type: ignore[attr-defined]
                    shown = str(key).encode("utf-8", "replace").decode()
                    errors[shown] = [_("This field is not known here.")]
                elif not isinstance(self.fields[key], serializers.BaseSerializer) and unstorable(value):  # type: ignore[attr-defined]
                    errors[key] = [_("This text contains a character that cannot be stored.")]
            if errors:
                raise serializers.ValidationError(errors)
        return super().to_internal_value(data)  # type: ignore[misc]


class PlainDigits:
    """A number field that does not take Python's "1_5" for 15: a slip must not become another dose."""

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, str) and "_" in data:
            self.fail("invalid")  # type: ignore[attr-defined]
        return super().to_internal_value(data)  # type: ignore[misc]


class WholeNumberField(PlainDigits, serializers.IntegerField):
    pass


class NumberField(PlainDigits, serializers.DecimalField):
    pass


class StrictSerializer(Strict, serializers.Serializer):
    pass


class AwareDateTimeField(serializers.DateTimeField):
    """An instant with its offset; a time without one is refused. Answers are in the clinic's zone."""

    default_error_messages = {"naive": _("Give the time with its offset, such as 2026-11-24T10:00:00+05:30.")}

    def enforce_timezone(self, value: Any) -> Any:
        if value.tzinfo is None:
            self.fail("naive")
        try:
            return super().enforce_timezone(value)
        except (OverflowError, ValueError):
            self.fail("invalid", format="RFC 3339")


class StrictModelSerializer(Strict, serializers.ModelSerializer):
    serializer_field_mapping = {
        **serializers.ModelSerializer.serializer_field_mapping,
        models.DateTimeField: AwareDateTimeField,
    }


def instant_param(request: Request, name: str) -> Any:
    """Return the instant of a query parameter: a date means that day's start in the clinic's zone. None when absent.

    Raises ValidationError at the parameter when it is neither.
    """
    text = request.query_params.get(name)
    if not text:
        return None
    try:
        moment = parse_datetime(text.replace(" ", "+")) if len(text) > 10 else None
        day = parse_date(text) if moment is None else None
    except ValueError:
        moment = day = None
    if moment is not None and moment.tzinfo is not None:
        return moment
    if day is not None:
        return datetime.combine(day, time.min, tzinfo=timezone.get_current_timezone())
    raise serializers.ValidationError({name: [_("Give a date, or a time with its offset.")]})


def uuid_or_404(text: Any) -> Any:
    """Return `text` as a UUID; what is none does not exist."""
    try:
        return UUID(str(text))
    except ValueError:
        raise exceptions.NotFound from None


class Pages(pagination.PageNumberPagination):
    page_size = 50
    page_size_query_param = "page_size"
    max_page_size = 200


# --- a POST that is sent twice --------------------------------------------------------------------------------------
def repeatable(handler: Callable) -> Callable:
    """For POSTs that book or log: the same Idempotency-Key, user and body get the first answer for 24 hours.

    Another body under the same key is 409 `key_reused`. The row is taken before the work and under a lock of the key, so
    that two copies sent at once are one. Only an answer below 400 is kept: a refusal changed nothing and may be tried again.
    """

    @functools.wraps(handler)
    def once(view: Any, request: Request, *args: Any, **kwargs: Any) -> Response:
        key = request.headers.get("Idempotency-Key", "")
        if not key:
            return handler(view, request, *args, **kwargs)
        if len(key) > 200 or "\0" in key:
            raise serializers.ValidationError({"detail": _("An Idempotency-Key has at most 200 characters.")})
        who = request._request.membership
        body = hashlib.sha256(json.dumps(request.data, sort_keys=True, default=str).encode()).hexdigest()
        route = request._request.path_info
        _lock(f"{who.clinic_id}/{who.user_id}/{key}")
        mine = IdempotencyKey.objects.for_clinic(who).filter(user_id=who.user_id, key=key)
        mine.filter(created_at__lt=timezone.now() - ANSWERS_KEPT).delete()
        if kept := mine.first():
            if (kept.body_sha256, kept.route) != (body, route):
                raise RuleBroken(_("This Idempotency-Key was used for another request."), code="key_reused")
            return Response(kept.answer, status=kept.status)
        response = handler(view, request, *args, **kwargs)
        if response.status_code < 400:
            IdempotencyKey.objects.create(
                clinic_id=who.clinic_id,
                user_id=who.user_id,
                key=key,
                route=route,
                body_sha256=body,
                status=response.status_code,
                answer=json.loads(json.dumps(response.data, default=_plain)),
            )
        return response

    return once


def _plain(value: Any) -> Any:
    return JSONEncoder().default(value)


def _lock(text: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [text])
