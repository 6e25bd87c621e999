"""What the patient's pages share: who they are for."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from clinic.access import needs
from clinic.middleware import BY_LINK
from portal import services
from reminders import links


def for_patient(capability: str) -> Callable:
    """Let a patient's page through for those who hold `capability`; it finds the patient as `request.patient`.

    Whoever came by a link that went to an address the patient no longer has is asked for a code.
    """

    def decorate(view: Callable) -> Callable:
        @needs(capability)
        @wraps(view)
        def page(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            who = request.membership
            request.patient = services.find(who)
            if who.came_by and who.came_by != links.address_mark(request.patient):
                del request.session[BY_LINK]
                return redirect("portal:code")
            return view(request, *args, **kwargs)

        return page

    return decorate
