"""The desk's page of messages: what goes out, what failed and whom to call."""

from datetime import datetime

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from clinic.access import needs
from clinic.errors import RuleBroken
from reminders import services
from reminders.models import Reminder, State

SHOWN = {
    "failed": [State.FAILED],
    "waiting": [State.PENDING, State.CLAIMED],
    "sent": [State.SENT],
    "not-needed": [State.SKIPPED, State.CANCELLED],
}


@needs("reminders.read")
@require_GET
def ledger(request: HttpRequest) -> HttpResponse:
    """List messages by what became of them; failed ones first, since somebody must call."""
    group = request.GET.get("show", "")
    if group not in SHOWN:
        group = "failed"
    mine = Reminder.objects.ledger_for(request.membership)
    rows = mine.filter(state__in=SHOWN[group]).select_related("patient").order_by("-due_at", "pk")
    page = Paginator(rows, 25).get_page(request.GET.get("page"))
    for row in page:
        start = row.facts.get("start")
        row.visit_at = timezone.localtime(datetime.fromisoformat(start)) if start else None
    tabs = [
        {"url": f"?show={key}", "label": label, "current": key == group} for key, label in _labels().items()
    ]
    context = {
        "page": page,
        "group": group,
        "tabs": tabs,
        "now": timezone.now(),
        "may_retry": request.membership.may("reminders.retry"),
    }
    return render(request, "reminders/ledger.html", context)


def _labels() -> dict[str, str]:
    return {"failed": _("Failed"), "waiting": _("Waiting"), "sent": _("Sent"), "not-needed": _("Not needed")}


@needs("reminders.retry")
@require_POST
def retry(request: HttpRequest, pk: str) -> HttpResponse:
    """Put a failed message back into the queue."""
    reminder = get_object_or_404(Reminder.objects.ledger_for(request.membership), pk=pk)
    try:
        services.retry(reminder.pk, by=request.membership)
    except RuleBroken as broken:
        messages.error(request, str(broken))
    else:
        messages.success(request, _("The message goes out again now."))
    return redirect("reminders:list")
