"""What the staff does on its composite pages."""

from uuid import UUID

from django.utils import timezone

from careplans.models import StopReport
from clinic.access import Access


def see_to(stop_id: UUID, *, by: Access) -> bool:
    """Note that `by` has seen to a stop; of two at once the first stays. Tell whether it was still open."""
    still_open = StopReport.objects.for_clinic(by).filter(pk=stop_id, seen_at=None)
    return still_open.update(seen_by=by.member_id, seen_at=timezone.now()) > 0
