"""What can be booked: therapists, rooms and devices of a clinic."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from rest_framework.serializers import ValidationError

from clinic.access import Access
from clinic.models import Membership
from scheduling.models import Kind, Resource

Fields = Mapping[str, Any]
COLUMNS = ("kind", "name", "short_name", "capacity", "hours", "equipment", "active")


@transaction.atomic
def create_resource(fields: Fields, *, by: Access) -> Resource:
    """Add a therapist, room or device. `user` is who the therapist is, `hours` None the clinic's own.

    Raises ValidationError at the field.
    """
    row = Resource(clinic_id=by.clinic_id)
    _fill(row, fields, by)
    _save(row)
    return row


@transaction.atomic
def update_resource(resource_id: UUID, changes: Fields, *, by: Access) -> Resource:
    """Change what `changes` names. Waits for bookings of it that are just being made. What is booked stays booked."""
    row = Resource.objects.for_clinic(by).select_for_update(no_key=True).get(pk=resource_id)
    _fill(row, changes, by)
    _save(row)
    return row


def _fill(row: Resource, fields: Fields, by: Access) -> None:
    for name in COLUMNS:
        if name in fields:
            setattr(row, name, fields[name])
    if "user" in fields:
        row.member = _member(fields["user"], by) if fields["user"] else None
    if row.member_id and row.kind != Kind.THERAPIST:
        raise ValidationError({"user": [_("Only a therapist is somebody.")]})


def _member(user_id: UUID, by: Access) -> Membership:
    member = Membership.objects.for_clinic(by).filter(user=user_id, is_active=True).first()
    if member is None:
        raise ValidationError({"user": [_("There is no such person on the staff.")]})
    return member


def _save(row: Resource) -> None:
    try:
        with transaction.atomic():
            row.save(force_insert=row._state.adding)
    except IntegrityError as refused:
        if "resource_name_once" in str(refused):
            raise ValidationError({"name": [_("There is one of this name already.")]}) from None
        raise
