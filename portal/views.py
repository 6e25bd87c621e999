"""The patient's pages: one thing at a time, working without script."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from allauth.account.adapter import get_adapter
from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from careplans.models import HomePrescription
from careplans.services import home
from careplans.services.wording import days
from clinic import doors
from clinic.access import needs, public
from clinic.auth_api import PATIENT_TOKEN, SHARED_DEVICE_TOKEN
from clinic.models import User
from clinic.phones import to_e164
from patients.codes import LIVES, Address
from patients.models import ChartRead, Patient
from portal import services, signin, wording
from scheduling.models import Appointment

BACKEND = settings.AUTHENTICATION_BACKENDS[0]
WAITING = "signin"  # the session key that holds who is just signing in


# --- signing in -----------------------------------------------------------------------------------------------------
class AddressForm(forms.Form):
    """A phone number in any national form, or an e-mail address, in one field."""

    address = forms.CharField(
        label=gettext_lazy("Your phone number or e-mail"),
        max_length=150,
        widget=forms.TextInput(attrs={"autocomplete": "username", "inputmode": "text", "autofocus": True}),
        help_text=gettext_lazy("We send a 6-digit code. No password to remember."),
    )
    shared = forms.BooleanField(
        required=False,
        label=gettext_lazy("Other people use this phone"),
        help_text=gettext_lazy("You are signed out when you close Tonus, and nothing stays on the phone."),
    )

    def clean_address(self) -> Address:
        told = self.cleaned_data["address"].strip()
        if "@" in told:
            return Address(email=forms.EmailField().clean(told))
        return Address(phone=to_e164(told, "IN"))


class CodeForm(forms.Form):
    code = forms.RegexField(
        r"^\s*\d{3}\s?\d{3}\s*$",
        label=gettext_lazy("The code we sent you"),
        error_messages={"invalid": gettext_lazy("A code has six digits.")},
        widget=forms.TextInput(
            attrs={"autocomplete": "one-time-code", "inputmode": "numeric", "autofocus": True, "maxlength": 8}
        ),
    )

    def clean_code(self) -> str:
        return "".join(self.cleaned_data["code"].split())


@public
@require_http_methods(["GET", "POST"])
def code(request: HttpRequest) -> HttpResponse:
    """Ask where to send a code."""
    if request.membership is not None and request.membership.is_patient:
        return redirect("portal:today")
    form = AddressForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        address: Address = form.cleaned_data["address"]
        try:
            signin.ask_for_code(address, ip=_ip(request))
        except signin.TooMany as many:
            return _too_many(request, many)
        request.session[WAITING] = {
            "email": address.email,
            "phone": address.phone,
            "shared": form.cleaned_data["shared"],
            "until": (timezone.now() + LIVES).timestamp(),
        }
        return redirect("portal:enter")
    return render(request, "portal/sign_in.html", {"form": form}, status=422 if form.errors else 200)


@public
@require_http_methods(["GET", "POST"])
def enter(request: HttpRequest) -> HttpResponse:
    """Take the code; with one person behind the address they are in."""
    waiting = _waiting(request)
    if waiting is None:
        return redirect("portal:code")
    form = CodeForm(request.POST or None)
    address = Address(email=waiting["email"], phone=waiting["phone"])
    if request.method == "POST" and form.is_valid():
        try:
            people = signin.people_for(address, form.cleaned_data["code"], ip=_ip(request))
        except signin.TooMany as many:
            return _too_many(request, many)
        if len(people) == 1 and not people[0].has_pin:
            return _enter_as(request, people[0], waiting)
        if people:
            request.session[WAITING] = {**waiting, "people": [str(person.patient_id) for person in people]}
            return redirect("portal:who")
        form.add_error("code", _("That code did not work, or it has expired."))
    context = {"form": form, "address": address.email or address.phone}
    return render(request, "portal/enter_code.html", context, status=422 if form.errors else 200)


@public
@require_http_methods(["GET", "POST"])
def who(request: HttpRequest) -> HttpResponse:
    """Choose one of the people who share the address; a PIN where one is set."""
    waiting = _waiting(request)
    if waiting is None or "people" not in waiting:
        return redirect("portal:code")
    behind = doors.people_behind(email=waiting["email"], phone=waiting["phone"])
    people = [person for person in behind if str(person.patient_id) in waiting["people"]]
    error = ""
    if request.method == "POST":
        person = next((p for p in people if str(p.patient_id) == request.POST.get("patient")), None)
        try:
            if person and signin.pin_is_right(person, request.POST.get("pin", "")):
                return _enter_as(request, person, waiting)
        except signin.TooMany as many:
            return _too_many(request, many)
        error = _("That PIN did not work.") if person else _("Choose one of the people listed.")
    return render(
        request, "portal/who.html", {"people": people, "error": error}, status=422 if error else 200
    )


def _waiting(request: HttpRequest) -> dict[str, Any] | None:
    waiting = request.session.get(WAITING)
    return waiting if waiting and waiting["until"] > timezone.now().timestamp() else None


def _enter_as(request: HttpRequest, person: doors.Person, waiting: dict[str, Any]) -> HttpResponse:
    user = User.objects.get(pk=person.user_id)
    login(request, user, backend=BACKEND)
    request.session.pop(WAITING, None)
    request.session["identity"] = str(person.patient_id)
    lasts: timedelta = SHARED_DEVICE_TOKEN if waiting["shared"] else PATIENT_TOKEN
    request.session["shared_device"] = waiting["shared"]
    request.session.set_expiry(0 if waiting["shared"] else int(lasts.total_seconds()))
    response = redirect("portal:today")
    response.set_cookie(settings.LANGUAGE_COOKIE_NAME, person.language, max_age=365 * 86400, samesite="Lax")
    return response


def _ip(request: HttpRequest) -> str:
    return get_adapter().get_client_ip(request) or "unknown"


def _too_many(request: HttpRequest, many: signin.TooMany) -> HttpResponse:
    response = render(request, "429.html", {"minutes": max(1, many.wait // 60)}, status=429)
    response["Retry-After"] = str(many.wait)
    return response


# --- today ----------------------------------------------------------------------------------------------------------
def _me(request: HttpRequest) -> Patient:
    return Patient.objects.visible_to(request.membership).get(pk=request.membership.patient_id)


@needs("me.today")
@require_GET
def today(request: HttpRequest) -> HttpResponse:
    """What to do now: the sessions of the day, what is done, the next visit."""
    patient = _me(request)
    day = home.today(patient, clinic=request.clinic, language=patient.language)
    now = timezone.localtime(timezone=home.zone_of(patient, request.clinic))
    exercises = [exercise for session in day["sessions"] for exercise in session["exercises"]]
    next_one = next((exercise for exercise in exercises if not exercise["done"]), None)
    for session in day["sessions"]:
        session["part"] = wording.part_of_day(session["time"])
    for exercise in exercises:
        exercise["dose"] = wording.dose(exercise)
        exercise["state"] = "done" if exercise["done"] else "now" if exercise is next_one else "later"
    context = {
        "greeting": wording.greeting(now.time()) % {"name": patient.given_name},
        "day": day,
        "done": sum(exercise["done"] for exercise in exercises),
        "total": len(exercises),
        "next_visit": services.next_visit(patient),
    }
    return render(request, "portal/today.html", context)


class LogForm(forms.Form):
    """How one exercise of one session went. `event` is made with the page, so that pressing twice counts once."""

    event = forms.UUIDField(widget=forms.HiddenInput)
    prescription = forms.UUIDField(widget=forms.HiddenInput)
    session = forms.TimeField(required=False, widget=forms.HiddenInput)
    sets_done = forms.IntegerField(label=gettext_lazy("Rounds done"), min_value=0, max_value=20)
    pain_before = forms.IntegerField(
        label=gettext_lazy("Pain before"), min_value=0, max_value=10, required=False
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


def _mine(patient: Patient, prescription: UUID) -> HomePrescription:
    """Return a home exercise of a signed plan of the patient's; anything else is not there."""
    signed = HomePrescription.objects.for_clinic(patient.clinic_id).filter(
        plan__patient=patient, plan__signed_at__isnull=False
    )
    return get_object_or_404(signed.select_related("exercise"), pk=prescription)


@needs("me.today")
@require_GET
def exercise(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One exercise: how it is done, when to stop, and a short form to say how it went."""
    patient = _me(request)
    item = _mine(patient, pk)
    times = [f"{clock:%H:%M}" for clock in item.times]
    session = request.GET.get("session", "")
    kept = {
        "event": uuid4(),
        "prescription": pk,
        "session": session if session in times else "",
        "sets_done": item.sets,
    }
    return _exercise_page(request, patient, item, LogForm(initial=kept))


def _exercise_page(
    request: HttpRequest, patient: Patient, item: HomePrescription, form: LogForm
) -> HttpResponse:
    with translation.override(patient.language):
        shown = home.home_item(item)
    context = {"item": shown, "dose": wording.dose(shown), "form": form, "clinic": request.clinic}
    return render(request, "portal/exercise.html", context, status=422 if form.errors else 200)


@needs("me.today")
@require_POST
def log(request: HttpRequest) -> HttpResponse:
    """Keep how one exercise went."""
    form = LogForm(request.POST)
    patient = _me(request)
    if not form.is_valid():
        try:
            item = _mine(patient, UUID(request.POST.get("prescription", "")))
        except ValueError:
            raise Http404 from None
        return _exercise_page(request, patient, item, form)
    told = form.cleaned_data
    data = {key: value for key, value in told.items() if key not in ("event", "session")}
    data["prescription"] = str(told["prescription"])
    data["session"] = f"{told['session']:%H:%M}" if told["session"] else None
    now = timezone.now()
    event = {"id": str(told["event"]), "type": "log", "occurred_at": now.isoformat(), "data": data}
    result = home.sync(patient, {"events": [event]}, clinic=request.clinic, now=now)[0]
    if result["status"] == "rejected":
        form.add_error(None, result["detail"])
        return _exercise_page(request, patient, _mine(patient, told["prescription"]), form)
    if told["too_painful"]:
        messages.warning(request, _("Stop this one for now. Your clinic knows and will look at it."))
        return redirect("portal:help")
    messages.success(request, _("Saved. Well done."))
    return redirect("portal:today")


# --- the rest of the tabs -------------------------------------------------------------------------------------------
@needs("me.read")
@require_GET
def plan(request: HttpRequest) -> HttpResponse:
    """My plan, phase by phase."""
    patient = _me(request)
    mine = home.my_plan(patient, language=patient.language)
    for item in (item for phase in mine["phases"] for item in phase["home"]):
        item["dose"] = wording.dose(item)
        item["days"] = days(item["days_of_week"])
    return render(request, "portal/plan.html", {"plan": mine})


@needs("me.read")
@require_GET
def visits(request: HttpRequest) -> HttpResponse:
    """My visits: those to come, then those that were."""
    mine = Appointment.objects.visible_to(request.membership).select_related("type")
    now = timezone.now()
    coming = [
        services.as_visit(visit)
        for visit in mine.filter(span__endswith__gt=now).holding().order_by("span")[:50]
    ]
    past = [services.as_visit(visit) for visit in mine.filter(span__endswith__lte=now).order_by("-span")[:50]]
    context = {"coming": coming, "past": past, "clinic_phone": request.clinic.phone}
    return render(request, "portal/visits.html", context)


@needs("me.today")
@require_GET
def help_page(request: HttpRequest) -> HttpResponse:
    """When to stop, whom to call."""
    patient = _me(request)
    plan = home.my_plan(patient, language=patient.language)
    cues = [cue for phase in plan["phases"] for item in phase["home"] for cue in item["exercise"]["stop_if"]]
    context = {"advice": services.advice(request.clinic), "cues": list(dict.fromkeys(cues))}
    return render(request, "portal/help.html", context)


@needs("me.read")
@require_GET
def privacy(request: HttpRequest) -> HttpResponse:
    """Who opened my record."""
    reads = ChartRead.objects.visible_to(request.membership).select_related("user").order_by("-at")[:100]
    return render(request, "portal/privacy.html", {"reads": services.access_log(reads)})
