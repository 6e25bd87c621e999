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

from catalogue import filters, history, services
from catalogue.knowledge import Entry, knowledge
from catalogue.models import Ownable
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
    entry, row = _entry(request, EXERCISES, public_id)
    offered = {each["id"]: each for each in services.offered(EXERCISES, request.membership)}
    offered |= _exercises(request, {entry["easier"], entry["harder"]} - offered.keys())
    return _detail(request, EXERCISES, row, entry, _presenter().exercise(entry, offered))


@needs("plans.read")
def protocol(request: HttpRequest, public_id: str) -> HttpResponse:
    entry, row = _entry(request, PROTOCOLS, public_id)
    named = [item["exercise"] for phase in entry["phases"] for item in phase["home_exercises"]]
    shown = _presenter().protocol(entry, _exercises(request, named))
    return _detail(request, PROTOCOLS, row, entry, shown)


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
    """List what the clinic offers, or what ?show=hidden or retired asks for; ?search= words, the filters of searching.py."""
    presenter = _presenter()
    search = request.GET.get("search", "").replace("\0", "").strip()[:100]
    shelf = request.GET.get("show", "")
    shelf = shelf if shelf in filters.SHELVES else services.OFFERED
    chosen = filters.read(request.GET, library.kind, presenter.known)
    found = services.explore(library, request.membership, chosen, search=search, shelf=shelf)
    page = Paginator(found.entries, PAGE).get_page(request.GET.get("page"))
    context = {
        "rows": [row(presenter, entry) for entry in page],
        "page": page,
        "search": search,
        "shelf": shelf,
        "filters": filters.shown(library.kind, presenter, found, chosen, search, shelf),
        "may_edit": request.membership.may("catalogue.edit"),
        "is_part": bool(request.htmx and not request.htmx.history_restore_request),
    }
    if not context["is_part"]:
        return render(request, f"catalogue/{library.kind}.html", context)
    answer = render(request, f"catalogue/_{library.kind}.html", context)
    answer["HX-Push-Url"] = request.path + context["filters"]["here"]  # what is chosen, and no empty fields
    return answer


def _entry(request: HttpRequest, library: Library, public_id: str) -> tuple[Entry, Ownable | None]:
    """Return the entry, and the row of an own one."""
    shelf = getattr(knowledge(), library.kind)
    if public_id in shelf:
        return shelf[public_id], None
    row = services.find(library, public_id, request.membership)
    if row is None:
        raise Http404
    return row.entry, row


def _exercises(request: HttpRequest, ids: Iterable[str | None]) -> dict[str, Entry]:
    """Return the exercises with these ids, shipped and the clinic's own."""
    return services.by_public_id(EXERCISES, filter(None, ids), request.membership)


def _detail(
    request: HttpRequest, library: Library, row: Ownable | None, entry: Entry, shown: dict[str, Any]
) -> HttpResponse:
    name, known = library.name, knowledge()
    context = {
        name: shown,
        "hidden": services.is_hidden(library, entry["id"], request.membership),
        "retired": row is not None and not row.active,
        "may_edit": request.membership.may("catalogue.edit"),
        "steps_taken": list(reversed(history.steps(row, library))) if row else [],
        "catalogue": {"version": known.version, "mark": known.content_sha256[:8]},
    }
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
