"""How patients sign in: a code to an address, the people behind it, and one of them chosen."""

import logging
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from smtplib import SMTPException
from typing import Any

from django.conf import settings
from django.contrib.auth.hashers import check_password
from django.core.cache import cache
from django.utils import translation
from django.utils.translation import gettext as _

from clinic import doors, tenancy
from clinic.ids import uuid7
from patients.codes import Address, issue_code, redeem_code
from patients.models import Patient
from reminders.channels import Message, Undeliverable, send_now

log = logging.getLogger(__name__)
_senders = ThreadPoolExecutor(4, thread_name_prefix="code")
ASKED_PER_ADDRESS, ASKED_PER_IP, WINDOW = 5, 20, timedelta(minutes=10)


class TooMany(Exception):
    """Too many codes were asked for, or PINs tried; `wait` is in seconds."""

    def __init__(self, wait: int) -> None:
        super().__init__(wait)
        self.wait = wait


def ask_for_code(address: Address, *, ip: str) -> None:
    """Send a code to `address` if somebody invited is behind it; nobody outside can tell whether, by the time it takes either.

    Raises TooMany. A message that cannot be sent now is logged, and the person asks again.
    """
    count(f"code:{address.hash}", ASKED_PER_ADDRESS)
    count(f"code-ip:{ip}", ASKED_PER_IP)
    code, people = issue_code(address)
    if not people:
        return
    clinics = {person.clinic_id for person in people}
    with translation.override(people[0].language):
        body = _("%(code)s is your code to sign in. It works for ten minutes. Tell it to nobody.") % {
            "code": code
        }
        message = Message(
            key=str(uuid7()),
            to_email=address.email,
            to_phone=address.phone,
            subject=_("Your code to sign in"),
            body=body,
            from_name=people[0].clinic_name if len(clinics) == 1 else "Tonus",
            clinic_id=people[0].clinic_id if len(clinics) == 1 else None,
        )
    channel = "email" if address.email else "sms"
    if settings.EMAIL_URL if channel == "email" else settings.SMS_URL:
        _senders.submit(_send, channel, message)  # a provider takes its time, and that would tell
    else:
        _send(channel, message)


def _send(channel: str, message: Message) -> None:
    try:
        send_now(channel, message)
    except (OSError, SMTPException, Undeliverable) as failed:
        log.warning("sign-in code not sent: %s", type(failed).__name__)


def people_for(address: Address, code: str, *, ip: str) -> list[doors.Person]:
    """Return the people behind `address` for a right code, else nobody. Raises TooMany."""
    count(f"redeem-ip:{ip}", 60)
    return redeem_code(address, code)


def pin_is_right(person: doors.Person, pin: str) -> bool:
    """Check the PIN of somebody who shares an address; people without one need none. Raises TooMany after five wrong ones."""
    if not person.has_pin:
        return True
    tries = f"pin:{person.patient_id}"
    count(tries, 5)  # before the look, or the right one would still open after any number of wrong ones
    with tenancy.scope(person.clinic_id):
        kept = (
            Patient.objects.for_clinic(person.clinic_id)
            .values_list("pin", flat=True)
            .get(pk=person.patient_id)
        )
    right = check_password(pin, kept)
    if right:
        cache.delete(f"tries:{tries}")
    return right


def count(what: str, limit: int, window: timedelta = WINDOW) -> None:
    """Count one more try of `what` in a window; raise TooMany past `limit`."""
    key, seconds = f"tries:{what}", int(window.total_seconds())
    cache.add(key, 0, seconds)
    try:
        tries = cache.incr(key)
    except ValueError:  # it ran out between the two
        return
    if tries > limit:
        raise TooMany(seconds)


def as_profile(person: doors.Person) -> dict[str, Any]:
    return {"patient": str(person.patient_id), "given_name": person.given_name, "clinic": person.clinic_name}
