"""The activity log: what was done in the clinic, in plain sentences, by person and day."""

from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from clinic import audit
from clinic.access import needs
from clinic.forms import ActivityForm
from clinic.models import Membership

ROWS = 50


@needs("audit.read")
@require_GET
def activity(request: HttpRequest) -> HttpResponse:
    """The newest first; ?patient= follows one record, ?before= goes on to what is older."""
    staff = Membership.objects.for_clinic(request.clinic).select_related("user").order_by("user__name", "pk")
    form = ActivityForm(request.GET, staff=staff)
    asked: dict[str, Any] = {"patient": _read(UUID, request.GET.get("patient"))}
    entries, rest = [], None
    if form.is_valid():
        asked["user"] = _read(UUID, form.cleaned_data["user"])
        if day := form.cleaned_data["day"]:
            asked |= {"since": _midnight(day), "until": _midnight(day + timedelta(days=1))}
        before = _read(audit.Cursor.read, request.GET.get("before"))
        entries, rest = audit.recent(request.membership, **asked, before=before, most=ROWS)
    older = request.GET.copy()
    older["before"] = str(rest)
    context = {
        "form": form,
        "entries": entries,
        "older": rest and older.urlencode(),
        "patient": asked["patient"],
        "filtered": any(request.GET.get(name) for name in ("user", "day", "patient", "before")),
    }
    return render(request, "clinic/activity.html", context, status=422 if form.errors else 200)


def _midnight(day: Any) -> datetime:
    return timezone.make_aware(datetime.combine(day, time()))


def _read(kind: Any, text: str | None) -> Any:
    """Return what an address carries; what cannot be read leads nowhere."""
    try:
        return kind(text) if text else None
    except ValueError:
        raise Http404 from None
