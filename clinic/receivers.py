"""What follows from a new password: whoever had the old one, or a token got with it, is out."""

from typing import Any

from allauth.account.signals import password_changed, password_reset, password_set
from django.dispatch import receiver

from clinic.models import User


@receiver([password_changed, password_reset, password_set])
def end_tokens(sender: Any, user: User, **_kwargs: Any) -> None:
    """Take away the programs' tokens; browsers lose their sessions with the password's hash."""
    user.tokens.all().delete()
