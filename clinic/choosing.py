"""In which clinic somebody works now: choosing among several, and saying yes or no to one that invites them."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.middleware.csrf import rotate_token
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from clinic import doors, services
from clinic.access import Role, public
from clinic.middleware import identity_key
from clinic.models import Membership
from clinic.views import own_address


@public
@require_http_methods(["GET", "POST"])
def clinics(request: HttpRequest) -> HttpResponse:
    """The clinics of whoever is signed in, and those that invite them. Outside any clinic's scope."""
    if not request.user.is_authenticated:
        return redirect("account_login")
    invitations = {str(each.member_id): each for each in doors.invitations(request.user.pk)}
    if request.method == "POST":
        invitation = invitations.get(request.POST.get("member", ""))
        if invitation is None:
            messages.error(request, _("This invitation was taken back, or answered before."))
            return redirect("clinic:clinics")
        return _answer(request, invitation, yes="yes" in request.POST)
    context = {
        "invitations": [(each, [Role(role).label for role in each.roles]) for each in invitations.values()],
        "next": request.GET.get("next", ""),
    }
    return render(request, "clinic/clinics.html", context)


def _answer(request: HttpRequest, invitation: doors.Invitation, *, yes: bool) -> HttpResponse:
    where = {"clinic_id": invitation.clinic_id, "user_id": request.user.pk}
    try:
        services.answer_invitation(invitation.member_id, **where, yes=yes)
    except Membership.DoesNotExist:
        messages.error(request, _("This invitation was taken back, or answered before."))
        return redirect("clinic:clinics")
    if not yes:
        messages.success(request, _("%s knows that you said no.") % invitation.clinic_name)
        return redirect("clinic:clinics")
    _enter(request, str(invitation.member_id))
    return redirect("home")


@public
@require_POST
def switch(request: HttpRequest) -> HttpResponse:
    """Go on in another clinic of the same person; what is not theirs does not exist."""
    wanted = request.POST.get("identity", "")
    for who in request.identities:
        if identity_key(who) == wanted or who.clinic_slug == request.POST.get("clinic"):
            _enter(request, identity_key(who))
            return redirect(own_address(request, request.POST.get("next", "")))
    raise Http404


def _enter(request: HttpRequest, key: str) -> None:
    """Go on as another of one's identities. A form of the clinic before, open in another window, is void from here on."""
    request.session["identity"] = key
    rotate_token(request)
