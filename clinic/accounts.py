"""How staff sign in: allauth with our limits, closed to sign-up (an admin enters the staff)."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest
from django.urls import reverse


class AccountAdapter(DefaultAccountAdapter):
    def is_open_for_signup(self, _request: HttpRequest) -> bool:
        return False

    def get_login_redirect_url(self, _request: HttpRequest) -> str:
        return reverse("home")

    def populate_username(self, _request: HttpRequest, _user: Any) -> None:
        """We have no user names."""
