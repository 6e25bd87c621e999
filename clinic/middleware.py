"""From a request to a person in a clinic, and everything else inside that clinic's transaction."""

import hashlib
import zoneinfo
from collections.abc import Callable
from dataclasses import replace
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib.auth import logout
from django.contrib.auth.models import AnonymousUser
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from clinic import doors, tenancy
from clinic.access import Access
from clinic.models import Clinic, Token

API = "/api/"
CLINICS = "/sign-in/clinics/"  # where somebody chooses a clinic, and says yes to one
# Signing in concerns nobody's clinic, whoever is signed in already: outside a scope, wrong tries stay counted when we refuse.
SIGNING_IN = ("/sign-in/", "/api/v1/auth/token/", "/api/v1/auth/code/", "/api/v1/auth/profile/")
ENDS = "ends"  # the session key of when a sign-in on a shared device is over, in seconds since 1970
BY_LINK = "by_link"  # the session key of whom a link let in: {"user", "mark", "ends"}


def refuse_nul(get_response: Callable) -> Callable:
    """PostgreSQL takes no NUL byte in text: an address that carries one is refused before anybody reads it."""

    def middleware(request: HttpRequest) -> HttpResponse:
        for name in [name for name, value in request.COOKIES.items() if "\0" in value]:
            del request.COOKIES[name]
        if "%00" in request.META.get("QUERY_STRING", "") or "\0" in request.path_info:
            if request.path_info.startswith(API):
                return JsonResponse({"detail": _("The address contains a NUL byte.")}, status=400)
            return HttpResponseBadRequest()
        return get_response(request)

    return middleware


def bearer(get_response: Callable) -> Callable:
    """Sign in whoever sends `Authorization: Token …`. `request.token` is that token, `request.token_refused` a wrong one."""

    def middleware(request: HttpRequest) -> HttpResponse:
        request.token, request.token_refused = None, False
        scheme, _space, key = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() == "token" and request.path_info.startswith(API):
            digest = hashlib.sha256(key.strip().encode()).hexdigest()
            request.token = (
                Token.objects.select_related("user")
                .filter(digest=digest, expires_at__gt=timezone.now())
                .first()
            )
            active = request.token and (request.token.user is None or request.token.user.is_active)
            request.token_refused = not active
            request.user = (active and request.token.user) or AnonymousUser()
        return get_response(request)

    return middleware


class ClinicMiddleware:
    """Choose the clinic, open its scope, answer, close it.

    Sets `request.identities` (everybody this user may be), `request.membership` (an Access or None) and `request.clinic`.
    An answer of 400 and more undoes all that was written; what must outlive a refusal (the read log, counted wrong tries)
    is put on `request.afterwards`, callables run in a scope of their own.
    """

    def __init__(self, get_response: Callable) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.identities, request.membership, request.clinic, request.afterwards = [], None, None, []
        if request.path_info in ("/healthz", "/readyz", "/metrics"):
            return self._answer_in_language(request)
        if request.user.is_authenticated:
            request.identities = self._identities(request)
            if (refusal := self._choose(request)) is not None:
                return refusal
        else:
            request.membership = self._by_link(request)
        is_choosing = request.path_info == CLINICS
        signs_in = request.path_info.startswith(SIGNING_IN) and not is_choosing
        if request.membership is None or signs_in:
            return self._answer_in_language(request)
        if (idle := self._locked_when_idle(request)) is not None:
            return idle
        if is_choosing:
            return self._answer_in_language(request)
        who = request.membership
        with tenancy.scope(who.clinic_id, user_id=who.user_id):
            request.clinic = Clinic.objects.get(pk=who.clinic_id)
            response = self._answer_in_language(request)
            if response.status_code >= 400:
                transaction.set_rollback(True)
        self._afterwards(request)
        # not even the browser's Back shows a record again to whoever comes after on a shared machine
        response.headers.setdefault("Cache-Control", "no-store")
        return response

    def _identities(self, request: HttpRequest) -> list[Access]:
        found = doors.identities(request.user.pk)
        only = request.token.patient if request.token else None
        if only:
            return [who for who in found if who.patient_id == only]
        return found

    def _by_link(self, request: HttpRequest) -> Access | None:
        """Return the patient whom the link in a message let in. They are signed in nowhere: only their own pages know them."""
        kept = request.session.get(BY_LINK)
        is_theirs = request.path_info == "/" or request.path_info.startswith("/me/")
        if not kept or not is_theirs or kept["ends"] <= timezone.now().timestamp():
            return None
        found = [who for who in doors.identities(UUID(kept["user"])) if who.is_patient]
        return replace(found[0], came_by=kept["mark"]) if found else None

    def _choose(self, request: HttpRequest) -> HttpResponse | None:
        """Set `request.membership` by X-Clinic, session, or where somebody is but one; nobody is taken for another of theirs.

        A program is answered at once when it did not choose; a browser goes without and is asked (`needs`).
        """
        found = request.identities
        slug = request.headers.get("X-Clinic")
        is_api = request.path_info.startswith(API) and not request.path_info.startswith(SIGNING_IN)
        if slug and is_api:
            found = [who for who in found if who.clinic_slug == slug][:1]
            if not found:
                return JsonResponse({"detail": _("Not found.")}, status=404)
        elif request.token is None:
            if "identity" not in request.session and len(found) == 1:
                request.session["identity"] = identity_key(found[0])
            chosen = request.session.get("identity")
            found = [who for who in found if identity_key(who) == chosen]
        if len(found) == 1:
            request.membership = found[0]
        elif request.identities and is_api:
            return JsonResponse(
                {"detail": _("You work in several clinics: send X-Clinic with the slug of one.")}, status=400
            )
        return None

    def _locked_when_idle(self, request: HttpRequest) -> HttpResponse | None:
        """Sign out staff whose browser was idle for 20 minutes; a poll (HX-Trigger by itself) does not count as use.

        A patient is signed out of a device that others use too when the hour is over.
        """
        now = int(timezone.now().timestamp())
        if request.token is None and request.session.get(ENDS, now) < now:
            logout(request)
            if request.path_info.startswith(API):
                return JsonResponse(
                    {"detail": _("Signed out: this is a device that others use too.")}, status=401
                )
            return redirect("portal:code")
        if request.token is not None or request.membership.is_patient:
            return None
        last = request.session.get("seen", now)
        if now - last > settings.STAFF_IDLE_SECONDS:
            logout(request)
            if request.path_info.startswith(API):
                return JsonResponse(
                    {"detail": _("Signed out after 20 minutes to keep records safe.")}, status=401
                )
            return redirect(f"{reverse(settings.LOGIN_URL)}?next={request.path_info}")
        if (now - last > 60 and "X-Poll" not in request.headers) or "seen" not in request.session:
            request.session["seen"] = now
        return None

    def _answer_in_language(self, request: HttpRequest) -> HttpResponse:
        """Answer in the person's language and, for those inside, on the clinic's clock."""
        chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME)
        language = chosen if chosen in dict(settings.LANGUAGES) else getattr(request.user, "language", None)
        language = language or translation.get_language_from_request(request)
        zone = zoneinfo.ZoneInfo(request.clinic.timezone) if request.clinic else zoneinfo.ZoneInfo("UTC")
        with translation.override(language), timezone.override(zone):
            request.LANGUAGE_CODE = translation.get_language()
            response = self.get_response(request)
            if hasattr(response, "render") and not response.is_rendered:
                response = response.render()
        response.headers.setdefault("Content-Language", language)
        return response

    def _afterwards(self, request: HttpRequest) -> None:
        if not request.afterwards:
            return
        who = request.membership
        with tenancy.scope(who.clinic_id, user_id=who.user_id):
            for write in request.afterwards:
                write()


def identity_key(who: Any) -> str:
    """The value by which a session remembers which of a user's identities was chosen."""
    return str(who.member_id or who.patient_id)
