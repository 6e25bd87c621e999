"""Addresses of scheduling: its pages, and its part of the API."""

from django.urls import URLPattern, path

from scheduling.api import urls as api
from scheduling.pages import arrivals, booking, calendar, choosing, resources, series, visit

pages: tuple[list[URLPattern], str] = (
    [
        path("calendar/", calendar.calendar, name="calendar"),
        path("calendar/changes/", calendar.changes, name="changes"),
        path("calendar/people/", choosing.people, name="people"),
        path("calendar/book/", booking.book, name="book"),
        path("calendar/free/", booking.free, name="free"),
        path("calendar/series/", series.series, name="series"),
        path("calendar/<uuid:pk>/", visit.visit, name="visit"),
        path("calendar/<uuid:pk>/move/", visit.move, name="move"),
        path("calendar/<uuid:pk>/<slug:name>/", visit.step, name="step"),
        path("arrivals/", arrivals.arrivals, name="arrivals"),
        path("arrivals/<uuid:pk>/<slug:name>/", arrivals.pass_on, name="pass-on"),
        path("settings/rooms/", resources.resources, name="resources"),
        path("settings/rooms/new/", resources.new, name="resource-new"),
        path("settings/rooms/<uuid:pk>/", resources.edit, name="resource"),
    ],
    "scheduling",
)

__all__ = ["api", "pages"]
