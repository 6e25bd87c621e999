"""What is done with the practice: its staff, its settings, and what of it is over."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib.auth.hashers import make_password
from django.contrib.sessions.models import Session
from django.core.exceptions import ValidationError as DjangoValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework.serializers import ValidationError

from clinic import doors, tenancy
from clinic.access import Access, Role
from clinic.errors import RuleBroken
from clinic.models import Clinic, IdempotencyKey, Membership, Token, User
from clinic.models.people import STAFF_ROLES
from clinic.models.practice import ANSWERS_KEPT
from clinic.phones import to_e164
from clinic.signals import member_left


# --- staff ----------------------------------------------------------------------------------------------------------
@transaction.atomic
def add_member(*, name: str, email: str, roles: Iterable[str], title: str = "", by: Access) -> Membership:
    """Invite somebody to the staff, with an account of their own where the address has none. Their yes makes them a member.

    An account that exists keeps its name and password, and nothing of it is told. Raises ValidationError at "email" for
    somebody who is, was or was to be on this staff.
    """
    language = Clinic.objects.get(pk=by.clinic_id).language
    fresh = {"email": email.lower(), "name": name, "language": language, "password": make_password(None)}
    user, _made = User.objects.get_or_create(email__iexact=email, defaults=fresh)
    invited = {"is_active": False, "invited_at": timezone.now(), "invited_as": name}
    member, added = Membership.objects.get_or_create(
        clinic_id=by.clinic_id, user=user, defaults={"roles": _in_order(roles), "title": title, **invited}
    )
    if not added:
        raise ValidationError({"email": _why_not_again(member)})
    return member


def _why_not_again(member: Membership) -> str:
    if member.is_active:
        return _("Somebody with this e-mail is on the staff already.")
    if member.invited_at:
        return _("Somebody with this e-mail is invited already. Send the message again from the list.")
    if member.invited_as:
        return _("Somebody with this e-mail was invited before. Invite them again below the list.")
    return _("Somebody with this e-mail worked here before. Let them back in below the list.")


def answer_invitation(pk: UUID, *, clinic_id: UUID, user_id: UUID, yes: bool) -> Membership:
    """Take the word of whom a clinic invited, in a scope of that clinic. Raises DoesNotExist when they are not invited (now)."""
    with tenancy.scope(clinic_id, user_id=user_id):
        invited = Membership.objects.for_clinic(clinic_id).filter(user=user_id, invited_at__isnull=False)
        member = invited.select_for_update(of=("self",), no_key=True).select_related("user").get(pk=pk)
        member.is_active, member.invited_at = yes, None
        if yes:
            member.invited_as = ""
        member.save(update_fields=["is_active", "invited_at", "invited_as"])
    return member


@transaction.atomic
def change_member(pk: UUID, *, roles: Iterable[str], title: str, by: Access) -> Membership:
    """Give a member other roles and another title. Raises RuleBroken when no admin would be left."""
    member = _locked(pk, by)
    wanted = _in_order(roles)
    if Role.ADMIN not in wanted:
        _keep_an_admin(member)
    member.roles, member.title = wanted, title
    member.save(update_fields=["roles", "title"])
    return member


@transaction.atomic
def deactivate_member(pk: UUID, *, by: Access) -> Membership:
    """End somebody's work here, and their sessions and tokens unless they are somebody elsewhere, which is not ours to end.

    An invitation is so taken back.

    Raises RuleBroken when no admin would be left.
    """
    member = _locked(pk, by)
    _keep_an_admin(member)
    member.is_active, member.invited_at = False, None
    member.save(update_fields=["is_active", "invited_at"])
    member_left.send(Membership, member=member, by=by)
    if not doors.identities(member.user_id):
        member.user.sign_out_everywhere()
    return member


@transaction.atomic
def reactivate_member(pk: UUID, *, by: Access) -> Membership:
    """Let somebody who left work here again, in the roles they had; at once, or where that is theirs to say, when they do."""
    member = _locked(pk, by)
    if member.is_active or member.invited_at:
        return member
    if member.invited_as or doors.identities(member.user_id):
        member.invited_at = timezone.now()
    else:
        member.is_active = True
    member.save(update_fields=["is_active", "invited_at"])
    return member


def _locked(pk: UUID, by: Access) -> Membership:
    """Lock the admins and the member, in one order, so that two admins cannot take away each other. Raises DoesNotExist."""
    staff = Membership.objects.for_clinic(by).select_related("user").order_by("pk")
    admins = staff.filter(roles__contains=[Role.ADMIN], is_active=True)
    rows = (admins | staff.filter(pk=pk)).select_for_update(of=("self",), no_key=True)
    for member in rows:
        if member.pk == pk:
            return member
    raise Membership.DoesNotExist


def _keep_an_admin(member: Membership) -> None:
    others = Membership.objects.for_clinic(member.clinic_id).exclude(pk=member.pk)
    if Role.ADMIN not in member.roles or not member.is_active:
        return
    if not others.filter(roles__contains=[Role.ADMIN], is_active=True, user__is_active=True).exists():
        raise RuleBroken(_("This is the only admin. Make somebody else admin first."), code="last_admin")


def _in_order(roles: Iterable[str]) -> list[str]:
    chosen = set(roles)
    return [role.value for role in STAFF_ROLES if role in chosen]


# --- settings -------------------------------------------------------------------------------------------------------
SETTINGS = (
    "name",
    "city",
    "address",
    "phone",
    "email",
    "timezone",
    "language",
    "emergency_number",
    "crisis_line",
    "hours",
    "quiet_from",
    "quiet_until",
    "cancel_notice_hours",
)


@transaction.atomic
def change_settings(told: Mapping[str, Any], *, by: Access) -> Clinic:
    """Change what is told of `SETTINGS`; a phone may be national. Raises ValidationError at the field."""
    clinic = Clinic.objects.select_for_update(no_key=True).get(pk=by.clinic_id)
    changed = [name for name in SETTINGS if name in told]
    for name in changed:
        setattr(clinic, name, told[name])
    refused: dict[str, list[str]] = {}
    try:
        clinic.phone = to_e164(clinic.phone, clinic.country) if clinic.phone else ""
    except DjangoValidationError as wrong:
        refused["phone"] = wrong.messages
    try:
        clinic.clean_fields(exclude={f.name for f in Clinic._meta.fields} - set(changed) | set(refused))
    except DjangoValidationError as wrong:
        refused |= wrong.message_dict
    if refused:
        raise ValidationError(refused)
    clinic.save(update_fields=changed)
    return clinic


# --- what is over ---------------------------------------------------------------------------------------------------
def forget(*, now: datetime | None = None) -> None:
    """Delete tokens and sessions that have ended, and first answers that nobody may ask for again."""
    now = now or timezone.now()
    Token.objects.filter(expires_at__lte=now).delete()
    Session.objects.filter(expire_date__lte=now).delete()
    for clinic_id in doors.clinic_ids():
        with tenancy.scope(clinic_id):
            IdempotencyKey.objects.for_clinic(clinic_id).filter(created_at__lte=now - ANSWERS_KEPT).delete()
