"""What a message says: one whole sentence in the patient's language, a first name at most, nothing clinical.

On a phone that is not the patient's own even the first name is left out.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from clinic.models import Clinic
from patients.models import Patient, PhoneOwner
from reminders import links
from reminders.models import Kind, Reminder


@dataclass(frozen=True, slots=True)
class Text:
    subject: str
    body: str


def write(reminder: Reminder, patient: Patient, clinic: Clinic) -> Text:
    """Write the message of a reminder, with a link into the portal; `reminder.facts` holds instants as ISO texts."""
    with translation.override(patient.language):
        said = sentence(reminder, patient, clinic, shared=patient.phone_owner != PhoneOwner.OWN)
        lines = [said.body]
        if link := _link(reminder, patient):
            lines.append(link)
        if clinic.phone:
            lines.append(_("Questions? Call us on %(phone)s.") % {"phone": clinic.phone})
    return Text(subject=said.subject, body="\n\n".join(lines))


def sentence(reminder: Reminder, patient: Patient, clinic: Clinic, *, shared: bool = False) -> Text:
    """Return what a reminder says, in the active language and on the patient's clock; nothing of it where a phone is `shared`."""
    with timezone.override(patient.timezone or clinic.timezone):
        words = {"clinic": clinic.name, "name": patient.given_name, **_when(reminder.facts)}
        subject, body = _say(reminder, shared)
        return Text(subject=str(subject) % words, body=str(body) % words)


def _link(reminder: Reminder, patient: Patient) -> str:
    """An invitation leads to where a code is asked for; any other message to Today."""
    if reminder.facts.get("about") == "invited":
        return f"{settings.BASE_URL}/sign-in/code/"
    return links.link_for(patient)


def _when(facts: dict[str, Any]) -> dict[str, str]:
    start = facts.get("start")
    if not start:
        return {"when": ""}
    local = timezone.localtime(datetime.fromisoformat(start))
    return {"when": date_format(local, "SHORT_DATETIME_FORMAT")}


def _say(reminder: Reminder, shared: bool) -> tuple[str, str]:
    """Return subject and body as patterns with %(name)s, %(clinic)s and %(when)s."""
    if shared:
        return _("A message from %(clinic)s"), _("You have a reminder from %(clinic)s.")
    if reminder.kind == Kind.HOME_EXERCISE:
        return _("Your exercises are ready"), _("%(name)s, your exercises are ready.")
    if reminder.kind == Kind.APPOINTMENT:
        return _("Your visit on %(when)s"), _("%(name)s, we see you at %(clinic)s on %(when)s.")
    said = {
        "booked": (
            _("Your visit is booked"),
            _("%(name)s, your visit to %(clinic)s is booked for %(when)s."),
        ),
        "series": (
            _("Your visits are booked"),
            _("%(name)s, your visits to %(clinic)s are booked. The first is on %(when)s."),
        ),
        "moved": (_("Your visit has moved"), _("%(name)s, your visit to %(clinic)s is now on %(when)s.")),
        "cancelled": (
            _("Your visit is cancelled"),
            _("%(name)s, your visit to %(clinic)s on %(when)s is cancelled."),
        ),
        "invited": (_("Your exercises, on your phone"), _("%(name)s, %(clinic)s invites you to Tonus.")),
    }
    neutral = (_("A message from %(clinic)s"), _("You have a message from %(clinic)s."))
    return said.get(reminder.facts.get("about", ""), neutral)
