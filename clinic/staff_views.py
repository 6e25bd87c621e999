"""The staff of the clinic: who works here, in which roles. Everybody on it reads, the admin changes."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from rest_framework.serializers import ValidationError

from clinic import services
from clinic.access import Role, needs
from clinic.accounts import send_welcome
from clinic.errors import RuleBroken
from clinic.forms import MemberForm, RolesForm, refuse_at_fields
from clinic.models import Membership


@needs("staff.read")
@require_GET
def staff(request: HttpRequest) -> HttpResponse:
    """Who works here, who is invited, and who did. One query."""
    working, invited, left = [], [], []
    for member in sorted(_staff(request), key=lambda member: (member.name, member.pk)):
        group = working if member.is_active else invited if member.invited_at else left
        group.append((member, [Role(role).label for role in member.roles]))
    context = {
        "working": working,
        "invited": invited,
        "left": left,
        "may_edit": request.membership.may("staff.edit"),
        "me": request.membership.member_id,
    }
    return render(request, "clinic/staff.html", context)


@needs("staff.edit")
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    form = MemberForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            member = services.add_member(**form.cleaned_data, by=request.membership)
        except ValidationError as refused:
            refuse_at_fields(form, refused)
        else:
            _welcome(request, member)
            return redirect("clinic:staff")
    return _page(request, form)


@needs("staff.edit")
@require_http_methods(["GET", "POST"])
def change(request: HttpRequest, pk: UUID) -> HttpResponse:
    member = _member(request, pk)
    form = RolesForm(
        request.POST if request.method == "POST" else None,
        initial={"roles": member.roles, "title": member.title},
    )
    if form.is_bound and form.is_valid():
        try:
            member = services.change_member(pk, **form.cleaned_data, by=request.membership)
        except RuleBroken as refused:
            form.add_error("roles", str(refused))
        else:
            messages.success(request, _("%s is saved.") % member)
            return redirect("clinic:staff")
    return _page(request, form, member=member)


def _page(request: HttpRequest, form: RolesForm, **context: Any) -> HttpResponse:
    return render(
        request, "clinic/member.html", {"form": form, **context}, status=422 if form.errors else 200
    )


@needs("staff.edit")
@require_POST
def welcome(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Send the first message again, to somebody who works here or is invited to."""
    is_theirs = Q(is_active=True) | Q(invited_at__isnull=False)
    _welcome(request, get_object_or_404(_staff(request).filter(is_theirs), pk=pk))
    return redirect("clinic:staff")


@needs("staff.edit")
@require_POST
def leave(request: HttpRequest, pk: UUID) -> HttpResponse:
    was_invited = _member(request, pk).invited_at is not None
    try:
        member = services.deactivate_member(pk, by=request.membership)
    except RuleBroken as refused:
        messages.error(request, str(refused))
        return redirect("clinic:staff-change", pk)
    if was_invited:
        messages.success(request, _("The invitation of %s is taken back.") % member)
    else:
        messages.success(request, _("%s is signed out and cannot come in any more.") % member)
    return redirect("home" if pk == request.membership.member_id else "clinic:staff")


@needs("staff.edit")
@require_POST
def come_back(request: HttpRequest, pk: UUID) -> HttpResponse:
    _member(request, pk)
    member = services.reactivate_member(pk, by=request.membership)
    if member.invited_at:
        _welcome(request, member)
    else:
        messages.success(request, _("%s can sign in again.") % member)
    return redirect("clinic:staff")


def _staff(request: HttpRequest) -> Any:
    return Membership.objects.for_clinic(request.clinic).select_related("user")


def _member(request: HttpRequest, pk: UUID) -> Membership:
    return get_object_or_404(_staff(request), pk=pk)


def _welcome(request: HttpRequest, member: Membership) -> None:
    email = member.user.email
    if send_welcome(request, member):
        messages.success(request, _("A message is on its way to %s.") % email)
    else:
        messages.error(request, _("The message to %s did not leave. Send it again in a while.") % email)
