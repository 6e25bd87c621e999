"""The library's pages of what is the same in every clinic: treatments, measures, red flags. They ask no table."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language

from catalogue.knowledge import knowledge
from catalogue.reference import Reference
from clinic.access import needs


def _reference() -> Reference:
    return Reference(knowledge(), get_language() or "en")


@needs("plans.read")
def treatments(request: HttpRequest) -> HttpResponse:
    return render(request, "catalogue/treatments.html", {"groups": _reference().treatments()})


@needs("plans.read")
def treatment(request: HttpRequest, slug: str) -> HttpResponse:
    """One treatment: its limits, what to check, the evidence, and every safety rule that names it."""
    reference = _reference()
    entry = reference.known.modalities.get(slug)
    if entry is None:
        raise Http404
    return render(request, "catalogue/treatment.html", {"treatment": reference.treatment(entry)})


@needs("plans.read")
def measures(request: HttpRequest) -> HttpResponse:
    return render(request, "catalogue/measures.html", {"groups": _reference().measures()})


@needs("plans.read")
def measure(request: HttpRequest, slug: str) -> HttpResponse:
    """One measure: how it is taken, which change matters and who says so, its licence."""
    reference = _reference()
    entry = reference.known.measures.get(slug)
    if entry is None:
        raise Http404
    return render(request, "catalogue/measure.html", {"measure": reference.measure(entry)})


@needs("plans.read")
def red_flags(request: HttpRequest) -> HttpResponse:
    return render(request, "catalogue/red_flags.html", {"levels": _reference().red_flags()})
