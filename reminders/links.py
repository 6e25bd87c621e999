"""The link in a message: it opens Today for whoever got it, for a day, and nothing else.

It is bound to the address it went to: when phone, e-mail or PIN of the record change, the old links are dead. A phone that
others read too gets the plain address, behind which the code is asked for.
"""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.utils import timezone
from django.utils.crypto import salted_hmac

from patients.models import Patient, PhoneOwner

LIVES = timedelta(days=1)
_SIGNER = Signer(salt="reminders.today", sep=".")


def link_for(patient: Patient) -> str:
    """Return the address a message of `patient` leads to, "" for somebody who was not invited to the portal."""
    if patient.user_id is None or patient.invited_at is None:
        return ""
    if patient.phone_owner != PhoneOwner.OWN or patient.pin:
        return f"{settings.BASE_URL}/me/"
    return f"{settings.BASE_URL}/me/go/{token_for(patient)}/"


def token_for(patient: Patient, *, now: datetime | None = None) -> str:
    """Return what lets a patient with an account into Today until a day from now."""
    who = urlsafe_b64encode(patient.user_id.bytes).decode().rstrip("=")  # type: ignore[union-attr]
    ends = (now or timezone.now()) + LIVES
    return _SIGNER.sign(f"{who}~{address_mark(patient)}~{int(ends.timestamp()):x}")


def address_mark(patient: Patient) -> str:
    """Return a short mark of where a patient is reached and by which PIN; it changes with them."""
    told = f"{patient.phone}|{patient.email.casefold()}|{patient.pin}"
    return salted_hmac("reminders.address", told, algorithm="sha256").hexdigest()[:16]


def read(token: str, *, now: datetime | None = None) -> tuple[UUID, str, int] | None:
    """Return user, mark of the address and end (seconds since 1970); None for a token that is forged or over."""
    try:
        who, mark, ends = _SIGNER.unsign(token).split("~")
    except BadSignature:
        return None
    if int(ends, 16) <= (now or timezone.now()).timestamp():
        return None
    return UUID(bytes=urlsafe_b64decode(who + "==")), mark, int(ends, 16)
