"""A printed document as the answer to a request, from the API and the pages alike."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response

from careplans.models import CarePlan, PlanPrint
from careplans.reads import note_read
from careplans.services import documents


def printed(request: HttpRequest, plan: CarePlan, wish: documents.Wish | None = None) -> HttpResponse:
    """Answer the document of a plan that `request` asks for (kind, language, layout), or a kept `print` of it again.

    `wish` is what is wanted, where the address does not say so. The caller has found the plan for whoever asks.
    Raises ValidationError at a parameter, NotSigned, PermissionDenied, Http404.
    """
    if wish is None and "print" in request.GET:
        document = documents.print_again(_kept(request, plan))
    else:
        wish = wish or documents.read_wish(request.GET)
        document = documents.print_plan(plan.pk, wish, by=request.membership)
    if not request.membership.is_patient:
        note_read(request, plan.patient_id, "plan")
    answer = HttpResponse(document.pdf, content_type="application/pdf")
    answer["Content-Disposition"] = f'inline; filename="{document.name}"'
    answer["Content-Language"] = document.row.language
    answer["ETag"] = document.etag
    return get_conditional_response(request, etag=document.etag, response=answer) or answer


def _kept(request: HttpRequest, plan: CarePlan) -> PlanPrint:
    try:
        pk = UUID(request.GET["print"])
    except ValueError:
        raise Http404 from None
    row = PlanPrint.objects.visible_to(request.membership).filter(plan=plan, pk=pk).first()
    # what a patient is given to do is what is true today: an old paper may show as to be done what is paused since
    if row is None or (request.membership.is_patient and not documents.is_true_today(row)):
        raise Http404
    return row
