"""Today, and each exercise of it: how it is done, when to stop, and how it went."""

from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from careplans.models import HomePrescription
from careplans.services import home
from portal import services, wording
from portal.pages.common import for_patient


@for_patient("me.today")
@require_GET
def today(request: HttpRequest) -> HttpResponse:
    """What to do now: the sessions of the day, what is done, the next visit."""
    patient = request.patient
    day = home.today(patient, clinic=request.clinic)
    now = timezone.localtime(timezone=home.zone_of(patient, request.clinic))
    exercises = [exercise for session in day["sessions"] for exercise in session["exercises"]]
    next_one = next((each for each in exercises if not each["done"] and not each["held"]), None)
    for session in day["sessions"]:
        session["part"] = wording.part_of_day(session["time"])
        for exercise in session["exercises"]:
            exercise["dose"] = wording.dose(exercise)
            exercise["state"] = _state(exercise, next_one)
        session["exercises"].sort(key=lambda exercise: exercise["done"])  # what is done moves below
    context = {
        "greeting": wording.greeting(now.time()) % {"name": patient.given_name},
        "sessions": day["sessions"],
        "education": day["education"],
        "done": sum(exercise["done"] for exercise in exercises),
        "total": len(exercises),
        "said": wording.day_said(day["sessions"], now.time()) if day["running"] else "",
        "has_plan": day["running"],
        "next_visit": services.next_visit(patient),
    }
    return render(request, "portal/today.html", context)


def _state(exercise: dict[str, Any], next_one: dict[str, Any] | None) -> str:
    if exercise["held"]:
        return "held"
    return "done" if exercise["done"] else "now" if exercise is next_one else "later"


class LogForm(forms.Form):
    """How one exercise of one session went. `event` is made with the page, so that pressing twice counts once."""

    event = forms.UUIDField(widget=forms.HiddenInput)
    prescription = forms.UUIDField(widget=forms.HiddenInput)
    session = forms.TimeField(required=False, widget=forms.HiddenInput)
    sets_done = forms.IntegerField(label=gettext_lazy("Rounds done"), min_value=0, max_value=20)
    pain_before = forms.IntegerField(
        label=gettext_lazy("Pain before you began"), min_value=0, max_value=10, required=False
    )
    pain_after = forms.IntegerField(label=gettext_lazy("Pain now"), min_value=0, max_value=10, required=False)
    too_painful = forms.BooleanField(
        required=False,
        label=gettext_lazy("It hurt too much"),
        help_text=gettext_lazy("Stop this one for now. We tell your clinic."),
    )
    note = forms.CharField(
        max_length=1000,
        required=False,
        label=gettext_lazy("Anything to tell us?"),
        widget=forms.Textarea({"rows": 2}),
    )

    def clean(self) -> dict[str, Any]:
        if any(name in self.errors for name in ("event", "session")):  # not typed by anybody
            self.add_error(None, _("This page is out of date. Open the exercise again."))
        return self.cleaned_data

    @property
    def rose_by(self) -> int:
        """By how many points pain rose, of a form that was taken; 0 when it did not, or was not told."""
        before, after = self.cleaned_data["pain_before"], self.cleaned_data["pain_after"]
        return max(0, after - before) if None not in (before, after) else 0


@for_patient("me.today")
@require_GET
def exercise(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One exercise: how it is done, when to stop, and a short form to say how it went."""
    item = services.exercise_of(request.patient, pk)
    session = request.GET.get("session", "")
    kept = {
        "event": uuid4(),
        "prescription": pk,
        "session": session if session in {f"{clock:%H:%M}" for clock in item.times} else "",
        "sets_done": item.sets,
    }
    return _exercise_page(request, item, LogForm(initial=kept))


def _exercise_page(request: HttpRequest, item: HomePrescription, form: LogForm) -> HttpResponse:
    shown = home.home_item(item)
    context = {"item": shown, "dose": wording.dose(shown), "form": form, "rise": home.PAIN_ROSE}
    return render(request, "portal/exercise.html", context, status=422 if form.errors else 200)


@for_patient("me.today")
@require_POST
def log(request: HttpRequest) -> HttpResponse:
    """Keep how one exercise went. What hurt is told to the clinic, and leads to what to do."""
    form = LogForm(request.POST)
    try:
        item = services.exercise_of(request.patient, UUID(request.POST.get("prescription", "")))
    except ValueError:
        raise Http404 from None
    if form.is_valid():
        _keep(request, form)
    if not form.is_valid():
        return _exercise_page(request, item, form)
    if form.cleaned_data["too_painful"] or form.rose_by >= home.PAIN_ROSE:
        return redirect("portal:stopped", pk=item.pk)
    messages.success(request, _("Saved. Well done."))
    return redirect("portal:today")


def _keep(request: HttpRequest, form: LogForm) -> None:
    """Take the log as a phone's event; a refusal comes back on the form."""
    told = form.cleaned_data
    data = {key: value for key, value in told.items() if key not in ("event", "session")}
    data["prescription"] = str(told["prescription"])
    data["session"] = f"{told['session']:%H:%M}" if told["session"] else None
    now = timezone.now()
    event: dict[str, Any] = {"id": str(told["event"]), "type": "log", "occurred_at": now.isoformat()}
    (result,) = home.sync(
        request.patient, {"events": [{**event, "data": data}]}, clinic=request.clinic, now=now
    )
    if result["status"] == "rejected":
        form.add_error(None, result["detail"])


@for_patient("me.today")
@require_GET
def stopped(request: HttpRequest, pk: UUID) -> HttpResponse:
    """It hurt too much: what to do now, whom to call."""
    item = home.home_item(services.exercise_of(request.patient, pk))
    context = {"item": item, "advice": services.advice(request.clinic)}
    return render(request, "portal/stopped.html", context)
