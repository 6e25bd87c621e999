"""Rooms, devices and therapists: what can be booked, and when. Everybody on the staff reads, the admin adds and changes."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods
from rest_framework.serializers import ValidationError

from clinic.access import Access, needs
from clinic.models import Membership
from scheduling import services
from scheduling.forms import ResourceForm, as_typed, refuse
from scheduling.models import Kind, Resource

HEADINGS = {
    Kind.THERAPIST: gettext_lazy("Therapists"),
    Kind.ROOM: gettext_lazy("Rooms"),
    Kind.DEVICE: gettext_lazy("Devices"),
}
DAYS = dict(
    enumerate(
        [
            gettext_lazy("Mon"),
            gettext_lazy("Tue"),
            gettext_lazy("Wed"),
            gettext_lazy("Thu"),
            gettext_lazy("Fri"),
            gettext_lazy("Sat"),
            gettext_lazy("Sun"),
        ],
        start=1,
    )
)


@needs("resources.read")
@require_GET
def resources(request: HttpRequest) -> HttpResponse:
    """What can be booked, by kind, with hours. One query."""
    rows = list(Resource.objects.for_clinic(request.membership).order_by("-active", "name"))
    groups = [
        {
            "kind": kind,
            "heading": heading,
            "rows": [(row, in_words(row.hours)) for row in rows if row.kind == kind],
        }
        for kind, heading in HEADINGS.items()
    ]
    context = {
        "groups": groups,
        "clinic_hours": in_words(request.clinic.hours),
        "may_edit": request.membership.may("resources.edit"),
    }
    return render(request, "scheduling/resources.html", context)


def in_words(hours: list[dict[str, Any]] | None) -> list[tuple[str, str]]:
    """Say a week shortly: days of the same hours together, ("Mon–Fri", "9:00–13:00, 14:00–18:00")."""
    by_day = {
        day: ", ".join(
            f"{each['start'].lstrip('0') if each['start'] > '01' else each['start']}–{each['end'].lstrip('0')}"
            for each in sorted(hours or [], key=lambda each: each["start"])
            if each["weekday"] == day
        )
        for day in DAYS
    }
    said: list[tuple[int, int, str]] = []
    for day, times in by_day.items():
        if said and said[-1][2] == times and said[-1][1] == day - 1:
            said[-1] = (said[-1][0], day, times)
        else:
            said.append((day, day, times))
    return [
        (str(DAYS[first]) if first == last else f"{DAYS[first]}–{DAYS[last]}", times)
        for first, last, times in said
        if times
    ]


@needs("resources.edit")
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    kind = request.GET.get("kind", Kind.ROOM)
    initial = {"kind": kind if kind in Kind.values else Kind.ROOM, "active": True, "capacity": 1}
    initial |= as_typed(request.clinic.hours)
    return _edit(request, None, initial)


@needs("resources.edit")
@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, pk: UUID) -> HttpResponse:
    row = get_object_or_404(Resource.objects.for_clinic(request.membership).select_related("member"), pk=pk)
    initial = {
        "kind": row.kind,
        "name": row.name,
        "short_name": row.short_name,
        "capacity": row.capacity,
        "user": str(row.member.user_id) if row.member else "",
        "own_hours": row.hours is not None,
        "active": row.active,
        **as_typed(request.clinic.hours if row.hours is None else row.hours),
    }
    return _edit(request, row, initial)


def _edit(request: HttpRequest, row: Resource | None, initial: dict[str, Any]) -> HttpResponse:
    who = request.membership
    data = request.POST if request.method == "POST" else None
    form = ResourceForm(data, initial=initial, people=_people(who, row))
    if data is not None and form.is_valid():
        try:
            saved = _save(form, row, who)
        except ValidationError as refused:
            refuse(form, refused.detail)
        else:
            messages.success(request, _("%s is saved.") % saved.name)
            return redirect("scheduling:resources")
    context = {"form": form, "resource": row, "week": list(zip(DAYS.values(), form.week(), strict=True))}
    return render(request, "scheduling/resource.html", context, status=422 if form.errors else 200)


def _save(form: ResourceForm, row: Resource | None, who: Access) -> Resource:
    data = form.cleaned_data
    fields = {name: data[name] for name in ("kind", "name", "short_name", "capacity", "active")}
    fields |= {"hours": form.hours(), "user": UUID(data["user"]) if data["user"] else None}
    if row is None:
        return services.create_resource(fields, by=who)
    return services.update_resource(row.pk, fields, by=who)


def _people(who: Access, row: Resource | None) -> list[tuple[str, str]]:
    """Return who on the staff can be a therapist's self: user and name."""
    members = Membership.objects.for_clinic(who).filter(is_active=True).select_related("user")
    if row and row.member_id:
        members = members | Membership.objects.for_clinic(who).filter(pk=row.member_id).select_related("user")
    return [(str(each.user_id), str(each)) for each in members.order_by("user__name")]
