"""Tokens for programs, and who am I. (Patients' one-time codes are the portal's.)"""

import hashlib
import secrets
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from allauth.account.adapter import get_adapter
from allauth.core import ratelimit
from allauth.mfa.adapter import get_adapter as mfa_adapter
from allauth.mfa.models import Authenticator
from django.core.exceptions import ValidationError
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiResponse, OpenApiTypes, extend_schema
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView
from rest_framework import exceptions, serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from clinic import doors
from clinic.accounts import BREAK
from clinic.api import Public, SignedIn, StrictSerializer
from clinic.audit_api import AuditView
from clinic.models import Token, User

STAFF_TOKEN = timedelta(hours=12)
PATIENT_TOKEN = timedelta(days=30)
SHARED_DEVICE_TOKEN = timedelta(hours=1)


def issue_token(
    user: User | None, *, lasts: timedelta, patient: UUID | None = None, **fields: Any
) -> tuple[str, datetime]:
    """Make a token and return its key (shown once, kept only hashed) and when it ends."""
    key = secrets.token_urlsafe(32)
    expires_at = timezone.now() + lasts
    digest = hashlib.sha256(key.encode()).hexdigest()
    Token.objects.create(digest=digest, user=user, patient=patient, expires_at=expires_at, **fields)
    return key, expires_at


class Credentials(StrictSerializer):
    email = serializers.EmailField()
    password = serializers.CharField(max_length=128, trim_whitespace=False)
    otp = serializers.CharField(max_length=20, required=False)


class TokenAnswer(serializers.Serializer):
    token = serializers.CharField()
    expires_at = serializers.DateTimeField()


class TooManyTries(exceptions.Throttled):
    def __init__(self) -> None:
        super().__init__(wait=BREAK, detail=_("Too many tries."))


class TokenView(APIView):
    """Sign in with e-mail and password, and the second step where one is set up. Counted with the page's wrong tries."""

    permission_classes = [Public]
    authentication_classes: list = []

    @extend_schema(
        request=Credentials, responses={200: TokenAnswer, 401: OpenApiResponse(), 429: OpenApiResponse()}
    )
    def post(self, request: Request) -> Response:
        body = Credentials(data=request.data)
        body.is_valid(raise_exception=True)
        user = self._authenticate(request, **body.validated_data)
        patient = None
        mine = doors.identities(user.pk)
        if mine and all(who.is_patient for who in mine):
            patient = mine[0].patient_id
        key, expires_at = issue_token(user, lasts=PATIENT_TOKEN if patient else STAFF_TOKEN, patient=patient)
        return Response(TokenAnswer({"token": key, "expires_at": expires_at}).data)

    def _authenticate(self, request: Request, email: str, password: str, otp: str = "") -> User:
        try:
            user = get_adapter().authenticate(request._request, email=email, password=password)
        except ValidationError:
            raise TooManyTries from None
        if user is None or not user.is_active:
            raise Refused
        if mfa_adapter().is_mfa_enabled(user):
            self._take_second_step(request, user, otp)
        return user

    def _take_second_step(self, request: Request, user: User, otp: str) -> None:
        """Check the code of the second step; its wrong tries are counted under the key of the page's."""
        if not otp:
            raise Refused(_("A second step is set up: send its code as otp."))
        tries = {"action": "login_failed", "key": f"mfa-auth-user-{user.pk}"}
        if not ratelimit.consume(request._request, **tries):
            raise TooManyTries
        second = Authenticator.objects.filter(user=user, type__in=["totp", "recovery_codes"])
        if not any(step.wrap().validate_code(otp) for step in second):
            raise Refused(_("A second step is set up: send its code as otp."))
        ratelimit.clear(request._request, **tries)


class Refused(exceptions.APIException):
    status_code = 401
    default_detail = _("These are not the right e-mail and password.")
    default_code = "credentials"


class MeView(APIView):
    """Who calls, in which clinic, with which roles."""

    permission_classes = [SignedIn]

    @extend_schema(responses={200: OpenApiTypes.OBJECT})
    def get(self, request: Request) -> Response:
        who, clinic, user = request._request.membership, request._request.clinic, request.user
        answer = {
            "user": {"id": user.pk, "email": user.email, "name": who.name or user.name},
            "clinic": {
                "id": clinic.pk,
                "name": clinic.name,
                "slug": clinic.slug,
                "timezone": clinic.timezone,
            },
            "role": who.role,
            "roles": list(who.roles),
        }
        return Response(answer | ({"patient_id": who.patient_id} if who.patient_id else {}))


def _with_inline_style(response: Any) -> Any:
    """Swagger's page needs one inline style; only there."""
    response._csp_update = {"style-src": ["'unsafe-inline'"]}
    return response


class SchemaView(SpectacularAPIView):
    permission_classes = [SignedIn]


@extend_schema(exclude=True)
class DocsView(SpectacularSwaggerSplitView):
    permission_classes = [SignedIn]
    url_name = "schema"

    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return _with_inline_style(super().get(request, *args, **kwargs))


urls = [
    path("schema/", SchemaView.as_view(), name="schema"),
    path("docs/", DocsView.as_view(), name="docs"),
    path("auth/token/", TokenView.as_view(), name="auth-token"),
    path("auth/me/", MeView.as_view(), name="auth-me"),
    path("audit/", AuditView.as_view(), name="audit"),
]
