"""What follows from a new password (whoever had the old one, or a token got with it, is out), and what a log line adds."""

from contextlib import suppress
from typing import Any

import structlog
from allauth.account.signals import password_changed, password_reset, password_set
from allauth.core.internal.httpkit import get_client_ip
from django.core.exceptions import ImproperlyConfigured
from django.dispatch import receiver
from django.http import HttpRequest
from django_structlog.signals import bind_extra_request_metadata

from clinic.models import User


@receiver([password_changed, password_reset, password_set])
def end_tokens(sender: Any, user: User, **_kwargs: Any) -> None:
    """Take away the programs' tokens; browsers lose their sessions with the password's hash."""
    user.tokens.all().delete()


@receiver(bind_extra_request_metadata)
def name_where_it_came_from(request: HttpRequest, **_kwargs: Any) -> None:
    """Keep in the log where a request came from, as the limits of sign-in count it (TONUS_TRUSTED_PROXIES)."""
    with suppress(ImproperlyConfigured):  # fewer proxies than were promised: sign-in says so
        structlog.contextvars.bind_contextvars(ip=get_client_ip(request))
