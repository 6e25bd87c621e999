"""One-time codes: how patients sign in. A code goes to an address and leads to the people behind it.

The code is six digits, lives ten minutes and bears five wrong tries. Address and code are kept hashed; asking for a code for
an address that nobody invited has behind it makes no row, and looks the same from outside.
"""

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.auth.hashers import check_password, make_password
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from clinic import doors
from patients.models import SignInCode

LIVES = timedelta(minutes=10)
WRONG_TRIES = 5


@dataclass(frozen=True, slots=True)
class Address:
    """Where a code goes: an e-mail or a phone (E.164), the other one blank."""

    email: str = ""
    phone: str = ""

    @property
    def hash(self) -> str:
        told = self.email.casefold() or self.phone
        return hmac.new(settings.SECRET_KEY.encode(), told.encode(), hashlib.sha256).hexdigest()


def issue_code(address: Address, *, now: datetime | None = None) -> tuple[str, list[doors.Person]]:
    """Make a code for `address` and return it with the people behind it.

    A new code takes the place of those before it. One is made where nobody is, too: so neither this nor `redeem_code` takes
    a shorter time for an address that nobody has.
    """
    now = now or timezone.now()
    people = []
    if (
        address.email.isascii()
    ):  # the database finds mike@ for a look-alike too; the code would go to the look-alike
        people = doors.people_behind(email=address.email, phone=address.phone)
    code = f"{secrets.randbelow(10**6):06d}"
    with transaction.atomic():
        SignInCode.objects.filter(address_hash=address.hash).delete()
        SignInCode.objects.create(
            address_hash=address.hash, code_hash=make_password(code), expires_at=now + LIVES
        )
    return code, people


def redeem_code(address: Address, code: str, *, now: datetime | None = None) -> list[doors.Person]:
    """Return the people behind `address` when `code` is right, once; else nobody. Counts wrong tries, also of races."""
    now = now or timezone.now()
    with transaction.atomic():
        kept = (
            SignInCode.objects.select_for_update()
            .filter(address_hash=address.hash, used_at=None, expires_at__gt=now, wrong_tries__lt=WRONG_TRIES)
            .first()
        )
        if kept is None:
            return []
        if not check_password(code, kept.code_hash):
            SignInCode.objects.filter(pk=kept.pk).update(wrong_tries=F("wrong_tries") + 1)
            return []
        SignInCode.objects.filter(pk=kept.pk).update(used_at=now)
    return doors.people_behind(email=address.email, phone=address.phone)


def forget(*, now: datetime | None = None) -> None:
    """Delete the codes that are over."""
    SignInCode.objects.filter(expires_at__lte=now or timezone.now()).delete()
