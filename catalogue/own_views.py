"""A clinic's own exercises and protocols by page: new (also as a copy), changed, retired and brought back."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from catalogue import protocol_form, services
from catalogue.forms import ExerciseForm
from catalogue.knowledge import Entry, knowledge
from catalogue.models import Ownable
from catalogue.presenting import Presenter
from catalogue.protocol_page import Editor
from catalogue.services import EXERCISES, PROTOCOLS, ChangedMeanwhile, InvalidEntry, Library
from clinic.access import needs


def presenter() -> Presenter:
    return Presenter(knowledge(), get_language() or "en")


def _own(request: HttpRequest, library: Library, public_id: str) -> Ownable:
    """Return an own entry of this clinic; what ships, and what is not there, is not to be changed."""
    row = services.find(library, public_id, request.membership)
    if row is None or row.clinic_id is None:
        raise Http404
    return row


def _source(request: HttpRequest, library: Library) -> Entry | None:
    """Return the entry to start from: ?from= its public id."""
    told = request.GET.get("from", "")
    entry = services.read(library, told, request.membership) if told else None
    if told and entry is None:
        raise Http404
    return entry


# --- exercises -------------------------------------------------------------------------------------------------------
@needs("catalogue.edit")
@require_http_methods(["GET", "POST"])
def new_exercise(request: HttpRequest) -> HttpResponse:
    """Write an exercise, from nothing or ?from= another one."""
    source = _source(request, EXERCISES)
    initial = ExerciseForm.typed(source) if source else {}
    return _exercise(request, None, source, initial)


@needs("catalogue.edit")
@require_http_methods(["GET", "POST"])
def change_exercise(request: HttpRequest, public_id: str) -> HttpResponse:
    row = _own(request, EXERCISES, public_id)
    initial = {**ExerciseForm.typed(row.data), "seen": services.mark_of(row)}
    return _exercise(request, row, None, initial)


def _exercise(
    request: HttpRequest, row: Ownable | None, source: Entry | None, initial: dict[str, Any]
) -> HttpResponse:
    told = presenter()
    others = services.offered(EXERCISES, request.membership)
    form = ExerciseForm(
        request.POST if request.method == "POST" else None,
        initial=initial,
        presenter=told,
        others=[entry for entry in others if row is None or entry["id"] != row.public_id],
        copied=source is not None,
    )
    meanwhile = ""
    if request.method == "POST" and form.is_valid():
        try:
            kept = _keep_exercise(request, form, row, source)
        except InvalidEntry as invalid:
            form.refuse(invalid.faults)
        except ChangedMeanwhile as refusal:
            meanwhile = str(refusal)
            form.data = form.data.copy()  # what was typed stays; kept again, it is written over the other's
            form.data["seen"] = services.mark_of(row)
        else:
            messages.success(request, _("Kept."))
            return redirect("catalogue:exercise", kept.public_id)
    context = {
        "form": form,
        "row": row,
        "source": source and told.exercise_name(source),
        "meanwhile": meanwhile,
        "muscles": len(form["target_muscles"].value() or ()),
    }
    status = 409 if meanwhile else 422 if form.is_bound else 200
    return render(request, "catalogue/exercise_form.html", context, status=status)


def _keep_exercise(
    request: HttpRequest, form: ExerciseForm, row: Ownable | None, source: Entry | None
) -> Ownable:
    who = request.membership
    if row is not None:
        return services.change(EXERCISES, row.pk, form.entry, by=who, seen=form.cleaned_data["seen"])
    kept = services.add(EXERCISES, form.entry, by=who)
    if source and form.cleaned_data.get("hide_source"):
        services.hide(services.find(EXERCISES, source["id"], who), by=who)
    return kept


@needs("catalogue.edit")
@require_POST
def retire_exercise(request: HttpRequest, public_id: str) -> HttpResponse:
    return _retire(request, EXERCISES, public_id)


# --- protocols -------------------------------------------------------------------------------------------------------
@needs("catalogue.edit")
@require_http_methods(["GET", "POST"])
def new_protocol(request: HttpRequest) -> HttpResponse:
    """Write a protocol, from nothing or ?from= another one."""
    source = _source(request, PROTOCOLS)
    return _protocol(request, None, protocol_form.typed(source) if source else protocol_form.blank(), source)


@needs("catalogue.edit")
@require_http_methods(["GET", "POST"])
def change_protocol(request: HttpRequest, public_id: str) -> HttpResponse:
    row = _own(request, PROTOCOLS, public_id)
    return _protocol(request, row, protocol_form.typed(row.data), None)


def _protocol(
    request: HttpRequest, row: Ownable | None, body: dict[str, Any], source: Entry | None
) -> HttpResponse:
    """Answer the editor: each button posts the whole form, which comes back changed; "save" alone keeps anything."""
    post, who = request.POST, request.membership
    faults: Any = {}
    goto, refusal = "", ""
    seen = post.get("seen", "") or (services.mark_of(row) if row else "")
    if request.method == "POST":
        body = protocol_form.read(post)
        order = post.get("do", "")
        if order == "save":
            try:
                kept = (
                    services.change(PROTOCOLS, row.pk, protocol_form.entry(body), by=who, seen=seen)
                    if row
                    else services.add(PROTOCOLS, protocol_form.entry(body), by=who)
                )
            except InvalidEntry as invalid:
                faults = invalid.faults
            except ChangedMeanwhile as refused:
                refusal, seen = str(refused), services.mark_of(row)
            else:
                messages.success(request, _("Kept."))
                return _to(request, kept)
        else:
            goto = protocol_form.carry_out(body, order, post)
    exercises = {entry["id"]: entry for entry in services.offered(EXERCISES, who)}
    named = {item.get("exercise") for phase in body["phases"] for item in phase["home_exercises"]}
    gone = services.by_public_id(EXERCISES, filter(None, named - exercises.keys()), who)
    context = {
        "editor": Editor(presenter(), exercises | gone, gone.keys(), faults).show(
            body, goto, post.get("do", "").partition(":")[0]
        ),
        "row": row,
        "source": source and source["name"],
        "seen": seen,
        "refusal": refusal,
        "action": request.get_full_path(),
    }
    status = 409 if refusal else 422 if faults else 200
    part = "_" if request.htmx else ""
    return render(request, f"catalogue/{part}protocol_form.html", context, status=status)


def _to(request: HttpRequest, kept: Ownable) -> HttpResponse:
    answer = redirect("catalogue:protocol", kept.public_id)
    if request.htmx:
        return HttpResponse(headers={"HX-Redirect": answer.url})
    return answer


@needs("catalogue.edit")
@require_POST
def retire_protocol(request: HttpRequest, public_id: str) -> HttpResponse:
    return _retire(request, PROTOCOLS, public_id)


# --- both ------------------------------------------------------------------------------------------------------------
def _retire(request: HttpRequest, library: Library, public_id: str) -> HttpResponse:
    """Retire an own entry (retire=yes), or bring it back (retire=no)."""
    pk: UUID = _own(request, library, public_id).pk
    if request.POST.get("retire") == "no":
        services.bring_back(library, pk, by=request.membership)
        messages.success(request, _("Offered again."))
    else:
        services.retire(library, pk, by=request.membership)
        messages.success(request, _("Retired. Plans that use it keep it."))
    return redirect(f"catalogue:{library.name}", public_id)
