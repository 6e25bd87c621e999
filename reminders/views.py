"""The desk's page of messages: what goes out, what failed and whom to call."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Case, Value, When
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from clinic.access import needs
from clinic.errors import RuleBroken
from reminders import services, wording
from reminders.models import Reminder, State

GROUPS = {
    "failed": (gettext_lazy("Failed"), [State.FAILED]),
    "waiting": (gettext_lazy("Waiting"), [State.PENDING, State.CLAIMED]),
    "sent": (gettext_lazy("Sent"), [State.SENT]),
    "not-needed": (gettext_lazy("Not needed"), [State.SKIPPED, State.CANCELLED]),
}


@needs("reminders.read")
@require_GET
def ledger(request: HttpRequest) -> HttpResponse:
    """List messages by what became of them; the failed ones that still matter first, since somebody must call."""
    group = request.GET.get("show", "")
    if group not in GROUPS:
        group = "failed"
    now = timezone.now()
    mine = Reminder.objects.ledger_for(request.membership)
    in_time = mine.filter(state=State.FAILED, useless_after__gt=now).count()
    rows = mine.filter(state__in=GROUPS[group][1]).select_related("patient")
    matters = Case(When(useless_after__gt=now, then=Value(0)), default=Value(1))
    order = {"failed": [matters, "-due_at"], "waiting": ["due_at"]}
    page = Paginator(rows.order_by(*order.get(group, ["-due_at"]), "pk"), 25).get_page(
        request.GET.get("page")
    )
    context = {
        "page": page,
        "rows": [_shown(row, now) for row in page],
        "group": group,
        "tabs": _tabs(group, in_time),
        "in_time": in_time,
        "may_retry": request.membership.may("reminders.retry"),
    }
    return render(request, "reminders/ledger.html", context)


def _tabs(current: str, in_time: int) -> list[dict[str, Any]]:
    return [
        {
            "url": f"?show={key}",
            "label": label,
            "current": key == current,
            "count": in_time or "" if key == "failed" else "",
            "urgent": True,
        }
        for key, (label, _states) in GROUPS.items()
    ]


def _shown(row: Reminder, now: datetime) -> Reminder:
    """Add what the page says of a message: about what, why it was not sent, and whether it still matters."""
    start = row.facts.get("start")
    row.visit_at = timezone.localtime(datetime.fromisoformat(start)) if start else None
    row.about, row.why = wording.about(row), wording.why(row)
    row.in_time = row.useless_after > now
    return row


@needs("reminders.retry")
@require_POST
def retry(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Put a failed message back into the queue."""
    reminder = get_object_or_404(Reminder.objects.ledger_for(request.membership), pk=pk)
    try:
        services.retry(reminder.pk, by=request.membership)
    except RuleBroken as broken:
        messages.error(request, str(broken))
    else:
        messages.success(request, _("The message goes out again now."))
    return redirect("reminders:list")
