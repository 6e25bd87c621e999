"""The library's pages: exercises and protocols, to look through, to read, and to hide from one's own clinic."""

from collections.abc import Callable, Iterable
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from catalogue import services
from catalogue.knowledge import Entry, knowledge
from catalogue.presenting import Presenter
from catalogue.services import EXERCISES, PROTOCOLS, Library
from clinic.access import needs

PAGE = 50


@needs("plans.read")
def exercises(request: HttpRequest) -> HttpResponse:
    return _list(request, EXERCISES, Presenter.exercise_row)


@needs("plans.read")
def protocols(request: HttpRequest) -> HttpResponse:
    return _list(request, PROTOCOLS, Presenter.protocol_row)


@needs("plans.read")
def exercise(request: HttpRequest, public_id: str) -> HttpResponse:
    entry = _entry(request, EXERCISES, public_id)
    near = _exercises(request, [entry["easier"], entry["harder"]])
    return _detail(request, EXERCISES, public_id, _presenter().exercise(entry, near))


@needs("plans.read")
def protocol(request: HttpRequest, public_id: str) -> HttpResponse:
    entry = _entry(request, PROTOCOLS, public_id)
    named = [item["exercise"] for phase in entry["phases"] for item in phase["home_exercises"]]
    return _detail(request, PROTOCOLS, public_id, _presenter().protocol(entry, _exercises(request, named)))


@needs("catalogue.edit")
@require_POST
def offer_exercise(request: HttpRequest, public_id: str) -> HttpResponse:
    return _offer(request, EXERCISES, public_id)


@needs("catalogue.edit")
@require_POST
def offer_protocol(request: HttpRequest, public_id: str) -> HttpResponse:
    return _offer(request, PROTOCOLS, public_id)


# --- what the two libraries share ----------------------------------------------------------------------------------------
def _presenter() -> Presenter:
    return Presenter(knowledge(), get_language() or "en")


def _list(
    request: HttpRequest, library: Library, row: Callable[[Presenter, Entry], dict[str, Any]]
) -> HttpResponse:
    """List what the clinic offers: ?search= words, ?condition= a family or subtype, ?hidden=yes what it hides, ?page=."""
    known, search = knowledge(), request.GET.get("search", "")[:100]
    condition = request.GET.get("condition", "")
    if condition not in known.conditions:
        condition = ""
    hidden = request.GET.get("hidden") == "yes"
    found = services.offered(library, request.membership, search=search, condition=condition, hidden=hidden)
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    presenter = _presenter()
    context = {
        "rows": [row(presenter, entry) for entry in page],
        "page": page,
        "search": search,
        "condition": condition,
        "families": [c for c in known.conditions.current if c["family"] is None],
        "hidden": hidden,
    }
    part = "_" if request.htmx and not request.htmx.history_restore_request else ""
    return render(request, f"catalogue/{part}{library.kind}.html", context)


def _entry(request: HttpRequest, library: Library, public_id: str) -> Entry:
    entry = services.read(library, public_id, request.membership)
    if entry is None:
        raise Http404
    return entry


def _exercises(request: HttpRequest, ids: Iterable[str | None]) -> dict[str, Entry]:
    """Return the exercises with these ids, shipped and the clinic's own."""
    return services.by_public_id(EXERCISES, filter(None, ids), request.membership)


def _detail(request: HttpRequest, library: Library, public_id: str, shown: dict[str, Any]) -> HttpResponse:
    hidden = services.is_hidden(library, public_id, request.membership)
    name = library.name
    context = {name: shown, "hidden": hidden, "may_hide": request.membership.may("catalogue.edit")}
    return render(request, f"catalogue/{name}.html", context)


def _offer(request: HttpRequest, library: Library, public_id: str) -> HttpResponse:
    """Hide the entry from the clinic's lists (offer=no) or offer it again (offer=yes)."""
    row = services.find(library, public_id, request.membership)
    if row is None:
        raise Http404
    if request.POST.get("offer") == "yes":
        services.show(row, by=request.membership)
        messages.success(request, _("Offered again."))
    else:
        services.hide(row, by=request.membership)
        messages.success(request, _("Hidden from your lists. Plans that use it keep it."))
    return redirect(f"catalogue:{library.name}", public_id)
