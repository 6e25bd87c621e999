"""How staff sign in: allauth with our limits, closed to sign-up (an admin enters the staff)."""

import logging
from smtplib import SMTPException
from typing import Any
from uuid import UUID

from allauth.account.adapter import DefaultAccountAdapter, get_adapter
from allauth.account.app_settings import PASSWORD_RESET_TOKEN_GENERATOR
from allauth.account.auth_backends import AuthenticationBackend
from allauth.account.utils import user_pk_to_url_str
from allauth.account.views import LoginView
from allauth.core import ratelimit
from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import translation

from clinic import doors
from clinic.models import Membership, User

log = logging.getLogger(__name__)

BREAK = 300  # seconds after too many wrong tries


class AccountAdapter(DefaultAccountAdapter):
    def is_open_for_signup(self, _request: HttpRequest) -> bool:
        return False

    def get_login_redirect_url(self, _request: HttpRequest) -> str:
        return reverse("home")

    def render_mail(
        self, template_prefix: str, email: Any, context: dict[str, Any], headers: Any = None
    ) -> Any:
        """Say whose message it is, for the outbox: the clinic's that sends it, or of the one clinic its reader works in."""
        mail = super().render_mail(template_prefix, email, context, headers)
        clinic, user = context.get("clinic"), context.get("user")
        if settings.OUTBOX is not None and (clinic or user):
            mail.clinic_id = clinic.pk if clinic else _only_clinic(user.pk)
        return mail

    def populate_username(self, _request: HttpRequest, _user: Any) -> None:
        """We have no user names."""


class Backend(AuthenticationBackend):
    """allauth's, but without a look at its table of further addresses: ours have one each."""

    def _authenticate_by_email(self, email: str, password: str) -> AbstractBaseUser | None:
        user = User.objects.filter(email__iexact=email).first() if email else None
        return self._check_password(user, password)


class SignIn(LoginView):
    """allauth's page, which says 429 like the API when there were too many wrong tries."""

    def form_invalid(self, form: Any) -> HttpResponse:
        response = super().form_invalid(form)
        if form.has_error("__all__", "too_many_login_attempts"):
            response.status_code, response["Retry-After"] = 429, str(BREAK)
        return response


def _only_clinic(user_id: UUID) -> UUID | None:
    found = {who.clinic_id for who in [*doors.identities(user_id), *doors.invitations(user_id)]}
    return found.pop() if len(found) == 1 else None


def send_welcome(request: HttpRequest, member: Membership) -> bool:
    """Tell whom we invite by mail how to say yes: by a link that sets a password, or with the one they have.

    Returns whether it left: not when the mail server refuses it, nor when one address was written to too often.
    """
    user, adapter = member.user, get_adapter()
    if not ratelimit.consume(request, action="reset_password", key=user.email.lower()):
        return False
    link = ""
    if not user.has_usable_password():
        key = f"{user_pk_to_url_str(user)}-{PASSWORD_RESET_TOKEN_GENERATOR().make_token(user)}"
        link = adapter.get_reset_password_from_key_url(key)
    context = {"user": user, "clinic": request.clinic, "by": request.membership.name, "link": link}
    context["sign_in"] = request.build_absolute_uri(reverse("clinic:clinics"))
    try:
        with translation.override(user.language):
            adapter.send_mail("account/email/welcome", user.email, context)
    except (OSError, SMTPException):
        log.warning("welcome mail was not taken", exc_info=True)
        return False
    return True
