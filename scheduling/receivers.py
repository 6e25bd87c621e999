"""What follows here from what happens below."""

from typing import Any

from django.dispatch import receiver

from clinic.models import Membership
from clinic.signals import member_left
from scheduling.models import Resource


@receiver(member_left)
def take_out_of_use(sender: Any, member: Membership, **_kwargs: Any) -> None:
    """Offer nobody who left. What is booked with them stays in the calendar, to be moved."""
    rows = Resource.objects.for_clinic(member.clinic_id).filter(member=member, active=True)
    for row in rows.select_for_update(no_key=True).order_by("pk"):
        row.active = False
        row.save(update_fields=["active"])
