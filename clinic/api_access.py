"""Who calls the API, and what they may do there. (Apart from api.py, which REST framework's views must be loaded before.)"""

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework import exceptions, permissions
from rest_framework.authentication import BaseAuthentication, CSRFCheck
from rest_framework.parsers import JSONParser
from rest_framework.request import Request

from clinic.access import CAPABILITIES


class MemberAuthentication(BaseAuthentication):
    """Take over whom the middleware signed in: by token, or by the session of our own pages (then with CSRF)."""

    def authenticate(self, request: Request) -> tuple[Any, Any] | None:
        django_request = request._request
        if getattr(django_request, "token_refused", False):
            raise exceptions.AuthenticationFailed(_("This token is not valid or has expired."))
        user = getattr(django_request, "user", None)
        if not user or not user.is_authenticated:
            return None
        if django_request.token is None:
            self._check_csrf(django_request)
        return user, django_request.token

    def _check_csrf(self, request: HttpRequest) -> None:
        check = CSRFCheck(lambda _request: None)
        check.process_request(request)
        if reason := check.process_view(request, None, (), {}):
            raise exceptions.PermissionDenied(f"CSRF: {reason}")

    def authenticate_header(self, _request: Request) -> str:
        return "Token"


class Parser(JSONParser):
    """JSON; what is nested deeper than Python follows is refused as what cannot be read."""

    def parse(self, *args: Any, **kwargs: Any) -> Any:
        try:
            return super().parse(*args, **kwargs)
        except RecursionError:
            raise exceptions.ParseError(_("This is nested too deeply.")) from None


class MemberAuthenticationScheme(OpenApiAuthenticationExtension):
    target_class = MemberAuthentication
    name = "Token"

    def get_security_definition(self, _auto_schema: Any) -> dict[str, str]:
        return {"type": "apiKey", "in": "header", "name": "Authorization", "description": "Token <key>"}


class Needs(permissions.BasePermission):
    """Permission by capability: `Needs("plans.draft", to_read="plans.read")`. 401 signed out, 403 for a role that may not."""

    def __init__(self, capability: str, *, to_read: str | None = None, **by_action: str) -> None:
        self.to_write, self.to_read, self.by_action = capability, to_read or capability, by_action
        for name in (self.to_write, self.to_read, *by_action.values()):
            CAPABILITIES[name]

    def __call__(self) -> "Needs":
        return self

    def capability_for(self, method: str, action: str | None) -> str:
        if action in self.by_action:
            return self.by_action[action]
        return self.to_read if method in permissions.SAFE_METHODS else self.to_write

    def has_permission(self, request: Request, view: Any) -> bool:
        member = getattr(request._request, "membership", None)
        if member is None:
            return False
        return member.may(self.capability_for(request.method or "GET", getattr(view, "action", None)))


class SignedIn(permissions.BasePermission):
    """Whoever belongs to a clinic, in any role."""

    def has_permission(self, request: Request, _view: Any) -> bool:
        return getattr(request._request, "membership", None) is not None


class Public(permissions.BasePermission):
    """Anybody: sign-in and the like. Named, so that the access test knows it was meant."""

    def has_permission(self, _request: Request, _view: Any) -> bool:
        return True


class NoPermissionDeclared(permissions.BasePermission):
    """The default: a route that names no permission lets nobody in."""

    def has_permission(self, _request: Request, _view: Any) -> bool:
        return False
