"""Who may do what: one table of capabilities, and the person who acts.

The table is the one of the product description. A view or API route names one capability; a role holds it or not.
What rows a person sees is a second question, answered by `visible_to` on the QuerySets.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import models
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    """The roles of people in a clinic, in the order in which the first held is the main one."""

    PHYSIOTHERAPIST = "physiotherapist", _("Physiotherapist")
    ASSISTANT = "assistant", _("Assistant")
    FRONT_DESK = "front_desk", _("Front desk")
    ADMIN = "admin", _("Clinic admin")
    PATIENT = "patient", _("Patient")


_PHYSIO, _ASSISTANT, _DESK, _ADMIN, _PATIENT = Role
_TREATING = {_PHYSIO, _ASSISTANT}
_STAFF = {_PHYSIO, _ASSISTANT, _DESK, _ADMIN}

CAPABILITIES: dict[str, frozenset[str]] = {
    name: frozenset(roles)
    for name, roles in {
        # the record
        "patients.read": _STAFF,
        "patients.edit": _STAFF,
        "patients.invite": _STAFF,
        "patients.merge": {_PHYSIO, _DESK, _ADMIN},
        "flags.read": _STAFF,
        "flags.edit": _TREATING,
        "chart.read": _TREATING | {_ADMIN},  # diagnoses, assessments, measures, visit notes, diary
        "chart.edit": _TREATING,
        "chart.sign": {_PHYSIO},
        # plans
        "plans.read": _TREATING | {_ADMIN},
        "plans.draft": _TREATING,
        "plans.sign": {_PHYSIO},
        "plans.print": _TREATING | {_ADMIN, _PATIENT},  # of a patient the home programme of their own
        "plans.visits": _STAFF,  # how many visits, what to book
        # the calendar
        "appointments.read": _STAFF,
        "appointments.edit": _STAFF,
        "resources.read": _STAFF,
        "resources.edit": {_ADMIN},
        # messages
        "reminders.read": {_PHYSIO, _ASSISTANT, _DESK, _ADMIN},
        "reminders.retry": {_DESK, _ADMIN, _PHYSIO},
        "outbox.read": {_ADMIN},
        # the library
        "catalogue.read": _STAFF | {_PATIENT},
        "catalogue.edit": {_PHYSIO, _ADMIN},
        # the practice
        "clinic.read": _STAFF | {_PATIENT},
        "clinic.edit": {_ADMIN},
        "staff.read": _STAFF,
        "staff.edit": {_ADMIN},
        "audit.read": {_ADMIN},
        # the patient's own
        "me.today": {_PATIENT},  # see and log today's exercises
        "me.read": {_PATIENT},
        "me.write": {_PATIENT},
    }.items()
}

BY_LINK = {"me.today"}  # all that the link in a message opens; anything more asks for the code


def may(roles: tuple[str, ...], capability: str) -> bool:
    """Tell whether one of `roles` holds `capability`; an unknown capability is a mistake of ours and raises KeyError."""
    return not CAPABILITIES[capability].isdisjoint(roles)


@dataclass(frozen=True, slots=True)
class Access:
    """Somebody acting in one clinic: a member of its staff, a patient of it, or both ways in one person.

    `roles` is in the order of `Role`; `role` is the first. `member_id` is absent for patients, `patient_id` for staff.
    `came_by` is the mark of the address whose message let a patient in, without a code: then only Today is open.
    """

    clinic_id: UUID
    clinic_slug: str
    clinic_name: str
    user_id: UUID
    roles: tuple[str, ...]
    name: str = ""
    member_id: UUID | None = None
    patient_id: UUID | None = None
    came_by: str = ""

    @property
    def role(self) -> str:
        return self.roles[0]

    @property
    def is_patient(self) -> bool:
        return self.member_id is None and self.patient_id is not None

    @property
    def sees_all_patients(self) -> bool:
        """An assistant who is nothing else sees only the people booked with them."""
        return any(role in self.roles for role in (Role.PHYSIOTHERAPIST, Role.FRONT_DESK, Role.ADMIN))

    def may(self, capability: str) -> bool:
        return may(self.roles, capability) and (not self.came_by or capability in BY_LINK)


def needs(capability: str) -> Callable:
    """Let a page through for those who hold `capability`: others are sent to sign in or to choose a clinic, or get 403.

    The name stays on the view as `view.capability`, where the access test looks for it.
    """
    CAPABILITIES[capability]

    def decorate(view: Callable) -> Callable:
        @wraps(view)
        def guarded(request: Any, *args: Any, **kwargs: Any) -> Any:
            if request.membership is not None and request.membership.may(capability):
                return view(request, *args, **kwargs)
            if request.membership is None and request.identities:
                return redirect(f"{reverse('clinic:clinics')}?{urlencode({'next': request.get_full_path()})}")
            if request.user.is_authenticated:
                raise PermissionDenied
            sign_in = "portal:code" if capability.startswith("me.") else settings.LOGIN_URL
            return redirect(f"{reverse(sign_in)}?{urlencode({'next': request.get_full_path()})}")

        guarded.capability = capability  # type: ignore[attr-defined]
        return guarded

    return decorate


def public(view: Callable) -> Callable:
    """Mark a page as open to anybody, so that the access test knows it was meant."""
    view.capability = None  # type: ignore[attr-defined]
    return view
