"""The printed documents of a plan, as pages open them: in a tab of their own, beside the page."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_GET
from rest_framework.serializers import ValidationError

from careplans.models import CarePlan
from careplans.pages.common import flat
from careplans.printing import printed
from careplans.services.documents import NotSigned
from clinic.access import needs


@needs("plans.print")
@require_GET
def document(request: HttpRequest, pk: UUID) -> HttpResponse:
    """A document of a signed plan (kind, language, layout), or a kept one again (print)."""
    plan = get_object_or_404(CarePlan.objects.visible_to(request.membership).only("pk", "patient"), pk=pk)
    try:
        return printed(request, plan)
    except ValidationError as refusal:
        messages.error(request, " ".join(flat(refusal.detail)))
    except NotSigned as refusal:
        messages.error(request, str(refusal))
    return redirect("workspace:documents", plan.patient_id)
