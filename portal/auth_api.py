"""Patients' sign-in over the API: code, verify, profile."""

from typing import Any

from allauth.account.adapter import get_adapter
from django.core.exceptions import ValidationError as DjangoValidationError
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import exceptions, serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from clinic import doors
from clinic.api import Public, StrictSerializer
from clinic.auth_api import PATIENT_TOKEN, SHARED_DEVICE_TOKEN, Refused, TokenAnswer, issue_token
from clinic.models import Token, User
from clinic.phones import to_e164
from patients.codes import LIVES, Address
from portal import signin


class AddressSerializer(StrictSerializer):
    """One of e-mail and phone (E.164, or as numbers are written in `country`, India when absent)."""

    email = serializers.EmailField(required=False)
    phone = serializers.CharField(required=False, max_length=30)
    country = serializers.CharField(required=False, min_length=2, max_length=2, default="IN")

    def validate(self, data: dict[str, Any]) -> dict[str, Any]:
        if bool(data.get("email")) == bool(data.get("phone")):
            raise serializers.ValidationError({"email": [_("Give an e-mail address or a phone number.")]})
        if data.get("phone"):
            try:
                data["phone"] = to_e164(data["phone"], data["country"].upper())
            except DjangoValidationError as wrong:
                raise serializers.ValidationError({"phone": wrong.messages}) from None
        return data

    @property
    def address(self) -> Address:
        return Address(email=self.validated_data.get("email", ""), phone=self.validated_data.get("phone", ""))


class CodeSerializer(AddressSerializer):
    code = serializers.RegexField(r"^\d{6}$", error_messages={"invalid": _("A code has six digits.")})


class ProfileSerializer(StrictSerializer):
    patient = serializers.UUIDField()
    pin = serializers.CharField(required=False, allow_blank=True, max_length=20)
    shared_device = serializers.BooleanField(required=False, default=False)


class Limited(exceptions.Throttled):
    def __init__(self, wait: int) -> None:
        super().__init__(wait=wait, detail=_("Too many tries."))


def caller_ip(request: Request) -> str:
    return get_adapter().get_client_ip(request._request) or "unknown"


class CodeView(APIView):
    """Ask for a one-time code. Always 202: whether anybody is behind the address is not told."""

    permission_classes = [Public]
    authentication_classes: list = []

    @extend_schema(request=AddressSerializer, responses={202: OpenApiResponse(), 429: OpenApiResponse()})
    def post(self, request: Request) -> Response:
        body = AddressSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        try:
            signin.ask_for_code(body.address, ip=caller_ip(request))
        except signin.TooMany as many:
            raise Limited(many.wait) from None
        return Response({"detail": _("If this address is known, a code is on its way.")}, status=202)


class VerifyView(APIView):
    """Turn a code into a token: of the one person behind the address, or to choose among several."""

    permission_classes = [Public]
    authentication_classes: list = []

    @extend_schema(request=CodeSerializer, responses={200: TokenAnswer, 400: OpenApiResponse()})
    def post(self, request: Request) -> Response:
        body = CodeSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        try:
            people = signin.people_for(body.address, body.validated_data["code"], ip=caller_ip(request))
        except signin.TooMany as many:
            raise Limited(many.wait) from None
        if not people:
            raise serializers.ValidationError({"code": [_("That code did not work or has expired.")]})
        alone = people[0] if len(people) == 1 and not people[0].has_pin else None
        if alone:
            user = User.objects.get(pk=alone.user_id)
            key, expires_at = issue_token(user, lasts=PATIENT_TOKEN, patient=alone.patient_id)
        else:
            ids = [str(person.patient_id) for person in people]
            address = {"email": body.address.email, "phone": body.address.phone}
            key, expires_at = issue_token(None, lasts=LIVES, choosing=True, people=[address, *ids])
        token = TokenAnswer({"token": key, "expires_at": expires_at}).data
        return Response({**token, "profiles": [signin.as_profile(person) for person in people]})


class ProfileView(APIView):
    """Choose one of the people behind the address. The token is that of auth/code/verify/ and is used up."""

    permission_classes = [Public]
    authentication_classes: list = []

    @extend_schema(
        request=ProfileSerializer,
        responses={200: TokenAnswer, 400: OpenApiResponse(), 401: OpenApiResponse()},
    )
    def post(self, request: Request) -> Response:
        token: Token | None = request._request.token
        if token is None or not token.choosing:
            raise Refused(_("Ask for a code first."))
        body = ProfileSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        address, *ids = token.people
        people = {str(p.patient_id): p for p in doors.people_behind(**address) if str(p.patient_id) in ids}
        person = people.get(str(body.validated_data["patient"]))
        if person is None:
            raise serializers.ValidationError({"patient": [_("Choose one of the people listed.")]})
        try:
            right = signin.pin_is_right(person, body.validated_data.get("pin", ""))
        except signin.TooMany as many:
            raise Limited(many.wait) from None
        if not right:
            raise serializers.ValidationError({"pin": [_("That PIN did not work.")]})
        lasts = SHARED_DEVICE_TOKEN if body.validated_data["shared_device"] else PATIENT_TOKEN
        user = User.objects.get(pk=person.user_id)
        key, expires_at = issue_token(user, lasts=lasts, patient=person.patient_id)
        Token.objects.filter(pk=token.pk).delete()
        return Response(TokenAnswer({"token": key, "expires_at": expires_at}).data)
