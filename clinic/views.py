"""Pages of the practice itself: where to go after sign-in, which clinic, which colours, the outbox, refusals."""

from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import NoReverseMatch, reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from clinic import outbox as messages_kept
from clinic.access import Role, needs, public
from clinic.accounts import BREAK
from clinic.models import THEMES

HOMES = {
    Role.PHYSIOTHERAPIST: "workspace:caseload",
    Role.ASSISTANT: "workspace:caseload",
    Role.FRONT_DESK: "scheduling:calendar",
    Role.ADMIN: "patients:list",
    Role.PATIENT: "portal:today",
}


@public
@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """Send everybody to where their day begins."""
    if request.membership is None:
        return redirect("clinic:clinics" if request.user.is_authenticated else "account_login")
    try:
        return redirect(reverse(HOMES[request.membership.role]))
    except NoReverseMatch:
        return redirect("patients:list")


@public
@require_POST
def theme(request: HttpRequest) -> HttpResponse:
    """Keep the colours somebody chose, with the account and in a cookie."""
    chosen = request.POST.get("theme", "")
    if chosen not in dict(THEMES):
        raise Http404
    if request.user.is_authenticated:
        request.user.theme = chosen
        request.user.save(update_fields=["theme"])
    response = redirect(_back(request))
    response.set_cookie("tonus_theme", chosen, max_age=365 * 86400, samesite="Lax", secure=settings.HTTPS)
    return response


@public
@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """Keep the language somebody chose, with the account and in a cookie."""
    chosen = request.POST.get("language", "")
    if chosen not in dict(settings.LANGUAGES):
        raise Http404
    if request.user.is_authenticated:
        request.user.language = chosen
        request.user.save(update_fields=["language"])
    response = redirect(_back(request))
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME, chosen, max_age=365 * 86400, samesite="Lax", secure=settings.HTTPS
    )
    return response


def _back(request: HttpRequest) -> str:
    return own_address(request, request.POST.get("next") or request.headers.get("Referer", ""))


def own_address(request: HttpRequest, target: str) -> str:
    """Return `target` when it is one of our pages, else the address of home."""
    safe = url_has_allowed_host_and_scheme(
        target, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return target if safe and "/" in target else reverse("home")


@needs("outbox.read")
@require_GET
def outbox(request: HttpRequest) -> HttpResponse:
    """The messages of the embedded default, newest first, as they would have left the clinic."""
    if settings.OUTBOX is None:
        raise Http404
    return render(request, "clinic/outbox.html", {"outbox": messages_kept.newest(request.clinic.pk)})


@public
def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form came without its key (a stale page, cookies off): say what to do."""
    return render(request, "403_csrf.html", {"reason": reason}, status=403)


@public
def too_many(request: HttpRequest) -> HttpResponse:
    """allauth's limits by address, by account and by page."""
    response = render(request, "429.html", status=429)
    response["Retry-After"] = str(BREAK)
    return response


@public
def not_known(request: HttpRequest, exception: Any = None) -> HttpResponse:
    if request.path_info.startswith("/api/"):
        return JsonResponse({"detail": _("Not found.")}, status=404)
    return render(request, "404.html", status=404)
