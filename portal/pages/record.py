"""What the clinic keeps for the patient to read: the plan, the visits, whom to call, who opened the record."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_GET

from careplans.models import CarePlan, DocumentKind, Layout
from careplans.printing import printed
from careplans.services import home
from careplans.services.documents import Wish
from careplans.services.wording import days
from patients.models import ChartRead
from portal import services, wording
from portal.pages.common import for_patient
from reminders import texts
from reminders.models import Kind, Reminder, State
from scheduling.models import Appointment

SHOWN = 50  # visits to come, and before
READS = 100


@for_patient("me.read")
@require_GET
def plan(request: HttpRequest) -> HttpResponse:
    """My plan, phase by phase."""
    mine = home.my_plan(request.patient)
    for item in (item for phase in mine["phases"] for item in phase["home"]):
        item["dose"] = wording.dose(item)
        item["days"] = days(item["days_of_week"])
    running = CarePlan.objects.visible_to(request.membership).running()
    mine["papers"] = list(running.order_by("pk").values_list("pk", flat=True))
    return render(request, "portal/plan.html", {"plan": mine})


@for_patient("me.read")
@require_GET
def programme(request: HttpRequest, pk: UUID) -> HttpResponse:
    """My exercises on paper, from a plan of mine."""
    plan = get_object_or_404(CarePlan.objects.visible_to(request.membership).only("pk", "patient"), pk=pk)
    layout = request.GET.get("layout")
    wish = Wish(DocumentKind.HOME_PROGRAMME, layout=layout if layout in Layout.values else Layout.NORMAL)
    return printed(request, plan, wish)


@for_patient("me.read")
@require_GET
def visits(request: HttpRequest) -> HttpResponse:
    """My visits: those to come, then those that were."""
    mine = Appointment.objects.visible_to(request.membership).select_related("type")
    now = timezone.now()
    coming = mine.filter(span__endswith__gt=now).holding().order_by("starts_at")[:SHOWN]
    past = mine.filter(span__endswith__lte=now).order_by("-starts_at")[:SHOWN]
    context = {
        "coming": [services.as_visit(visit) for visit in coming],
        "past": [services.as_visit(visit) for visit in past],
        "clinic_phone": request.clinic.phone,
    }
    return render(request, "portal/visits.html", context)


@for_patient("me.read")
@require_GET
def inbox(request: HttpRequest) -> HttpResponse:
    """What the clinic told me of my visits, whatever way it went."""
    sent = Reminder.objects.visible_to(request.membership).filter(state=State.SENT)
    rows = sent.exclude(kind=Kind.HOME_EXERCISE).order_by("-finished_at")[:SHOWN]
    told = [(texts.sentence(row, request.patient, request.clinic).body, row.finished_at) for row in rows]
    return render(request, "portal/inbox.html", {"told": told})


@for_patient("me.today")
@require_GET
def help_page(request: HttpRequest) -> HttpResponse:
    """When to stop, whom to call."""
    phases = home.my_plan(request.patient)["phases"]
    cues = [cue for phase in phases for item in phase["home"] for cue in item["exercise"]["stop_if"]]
    context = {
        "advice": services.advice(request.clinic),
        "signs": services.danger_signs(home.today(request.patient, clinic=request.clinic)["education"]),
        "cues": list(dict.fromkeys(cues)),
    }
    return render(request, "portal/help.html", context)


@for_patient("me.read")
@require_GET
def privacy(request: HttpRequest) -> HttpResponse:
    """Who opened my record."""
    reads = ChartRead.objects.visible_to(request.membership).select_related("user").order_by("-at")[:READS]
    return render(request, "portal/privacy.html", {"reads": services.access_log(reads)})
