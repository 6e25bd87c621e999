"""The calendar: a day by therapist, room or device, and the same as a list."""

from datetime import date, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from clinic.access import needs
from scheduling.forms import YEARS
from scheduling.models import Kind, Status
from scheduling.pages import day as days
from scheduling.pages.visits import resources_of, stamp, stamp_of, visits_on

GRID, LIST = "day", "list"
VIEWS = {GRID: _("Day"), LIST: _("List")}
HERE = (Status.IN_TREATMENT, Status.ARRIVED, Status.NO_SHOW)


@needs("appointments.read")
@require_GET
def calendar(request: HttpRequest) -> HttpResponse:
    """A day: ?date=, ?by=therapist|room|device, ?view=day|list. Phones begin with the list."""
    return render(request, "scheduling/calendar.html", _shown(request))


@needs("appointments.read")
@require_GET
def changes(request: HttpRequest) -> HttpResponse:
    """What an open calendar asks every few seconds: the day again where it has changed, else nothing. One query."""
    day = read_day(request)
    if request.GET.get("stamp") == stamp(day, request.membership, timezone.localtime()):
        return HttpResponse(status=204)
    return render(request, "scheduling/_calendar.html", _shown(request))


def read_day(request: HttpRequest) -> date:
    """Return the day an address asks for, else today; days that the calendar cannot show are today, too."""
    try:
        asked = parse_date(request.GET.get("date", ""))
    except ValueError:
        asked = None
    return asked if asked and YEARS[0] <= asked <= YEARS[1] else timezone.localdate()


def _shown(request: HttpRequest) -> dict[str, Any]:
    day, now, who = read_day(request), timezone.localtime(), request.membership
    by = request.GET.get("by", "")
    by = by if by in days.COLUMNS else Kind.THERAPIST.value
    view = request.GET.get("view", "")
    view = view if view in (GRID, LIST) else _usual_view(request)
    resources = resources_of(who)
    visits = visits_on(day, who, resources)
    laid = days.grid(day, by, visits, resources, request.clinic, now)
    drawn = days.lanes(visits, laid)
    today = now.date()
    asked = {"by": by, "view": view}

    def link(**other: Any) -> str:
        return "?" + urlencode({"date": day, **asked, **other})

    return {
        "day": day,
        "is_today": day == today,
        "now": now,
        "by": by,
        "view": view,
        "visits": visits,
        "grid": laid,
        "stamp": stamp_of(visits, day, now),
        "here": sorted(
            (v for v in visits if v.status in HERE and v.seen), key=lambda v: (HERE.index(v.status), v.start)
        )
        if day == today
        else [],
        "unplaced": [visit for visit in visits if visit.status == Status.UNPLACED and visit.seen],
        "lanes": drawn,
        "before": link(date=day - timedelta(days=1)),
        "after": link(date=day + timedelta(days=1)),
        "today": link(date=today),
        "views": [(link(view=each), label, view == each) for each, label in VIEWS.items()],
        "columns": [(link(by=kind), label, by == kind) for kind, label in days.COLUMNS.items()],
        "query": link(),
        "is_open": any(column.free for column in laid.columns),
        "beside": day == today or bool(drawn) or any(visit.status == Status.UNPLACED for visit in visits),
        "may_edit": who.may("appointments.edit"),
    }


def _usual_view(request: HttpRequest) -> str:
    """A day beside a day needs a wide page: phones get the list."""
    phone = request.headers.get("Sec-CH-UA-Mobile") == "?1" or "Mobi" in request.headers.get("User-Agent", "")
    return LIST if phone else GRID
