"""How patients come in: by a code to their address, or by the link in a message into Today alone."""

from typing import Any

from allauth.account.adapter import get_adapter
from django import forms
from django.conf import settings
from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import Resolver404, resolve, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from clinic import doors
from clinic.access import public
from clinic.auth_api import PATIENT_TOKEN, SHARED_DEVICE_TOKEN
from clinic.middleware import BY_LINK, ENDS
from clinic.models import User
from clinic.phones import to_e164
from patients.codes import LIVES, Address
from portal import signin
from reminders import links

BACKEND = settings.AUTHENTICATION_BACKENDS[0]
WAITING = "signin"  # the session key that holds who is just signing in


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
    if request.membership is not None:
        return redirect("home")
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
            "next": _safe(request.POST.get("next", "")),
        }
        return redirect("portal:enter")
    context = {"form": form, "next": request.POST.get("next") or request.GET.get("next", "")}
    return render(request, "portal/sign_in.html", context, status=422 if form.errors else 200)


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


def _safe(target: str) -> str:
    """Return the page of the patient's own to go on to; anything else is Today."""
    path = target.partition("?")[0]
    try:
        is_ours = path.startswith("/me/") and resolve(path).namespace == "portal"
    except Resolver404:
        is_ours = False
    return target if is_ours else reverse("portal:today")


def _waiting(request: HttpRequest) -> dict[str, Any] | None:
    waiting = request.session.get(WAITING)
    return waiting if waiting and waiting["until"] > timezone.now().timestamp() else None


def _enter_as(request: HttpRequest, person: doors.Person, waiting: dict[str, Any]) -> HttpResponse:
    user = User.objects.get(pk=person.user_id)
    login(request, user, backend=BACKEND)
    for key in (WAITING, BY_LINK, ENDS):
        request.session.pop(key, None)
    request.session["identity"] = str(person.patient_id)
    if waiting["shared"]:  # until the browser is closed, and an hour at most
        request.session[ENDS] = int((timezone.now() + SHARED_DEVICE_TOKEN).timestamp())
        request.session.set_expiry(0)
    else:
        request.session.set_expiry(int(PATIENT_TOKEN.total_seconds()))
    return _in_language(redirect(waiting["next"]), person.language)


def _in_language(response: HttpResponse, language: str) -> HttpResponse:
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME, language, max_age=365 * 86400, samesite="Lax", secure=settings.HTTPS
    )
    return response


@public
@require_GET
def go(request: HttpRequest, token: str) -> HttpResponse:
    """Let whoever follows the link in their message into Today, without a code and without signing them in.

    Somebody who is signed in stays so. An old link leads to where the code is asked for.
    """
    if request.user.is_authenticated:
        return redirect("home")
    found = links.read(token)
    if found is None:
        return redirect("portal:code")
    user_id, mark, ends = found
    user = User.objects.filter(pk=user_id, is_active=True).first()
    if user is None:
        return redirect("portal:code")
    request.session.flush()
    request.session[BY_LINK] = {"user": str(user_id), "mark": mark, "ends": ends}
    request.session.set_expiry(max(1, ends - int(timezone.now().timestamp())))
    return _in_language(redirect("portal:today"), user.language)


def _ip(request: HttpRequest) -> str:
    return get_adapter().get_client_ip(request) or "unknown"


def _too_many(request: HttpRequest, many: signin.TooMany) -> HttpResponse:
    response = render(request, "429.html", {"minutes": max(1, many.wait // 60)}, status=429)
    response["Retry-After"] = str(many.wait)
    return response
