"""Requests as a server hands them to the application: from the WSGI environment to the last byte of the answer."""

import itertools
import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from io import BytesIO
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.core.handlers.wsgi import WSGIHandler
from django.test import RequestFactory

from clinic.access import Access
from clinic.auth_api import STAFF_TOKEN, issue_token
from clinic.middleware import identity_key
from clinic.models import User

CSRF = "b" * 32
SEVERAL = itertools.count(1)


@dataclass(frozen=True)
class Answer:
    status: int
    body: bytes


@cache
def application() -> WSGIHandler:
    return WSGIHandler()


def answer(handler: WSGIHandler, environ: dict[str, Any], body: bytes) -> Answer:
    status: list[str] = []
    response = handler({**environ, "wsgi.input": BytesIO(body)}, lambda line, _headers: status.append(line))
    content = b"".join(response)
    response.close()
    return Answer(int(status[0][:3]), content)


class Caller:
    """Somebody with a browser and a program: `page` calls with their session, `api` with their token. Nobody: neither."""

    def __init__(self, who: Access | None = None) -> None:
        self.cookies, self.token = {settings.CSRF_COOKIE_NAME: CSRF}, ""
        if who is not None:
            user = User.objects.get(pk=who.user_id)
            self.cookies[settings.SESSION_COOKIE_NAME] = _session_of(user, who)
            self.token = issue_token(user, lasts=STAFF_TOKEN, patient=who.patient_id)[0]

    def page(self, path: str, form: dict[str, Any] | None = None, **headers: str) -> Callable[[], Answer]:
        body = urlencode(form, doseq=True).encode() if form is not None else b""
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        more = {"HTTP_COOKIE": cookies, "HTTP_X_CSRFTOKEN": CSRF}
        more |= {f"HTTP_{name}": value for name, value in headers.items()}
        return _call(path, "GET" if form is None else "POST", body, "application/x-www-form-urlencoded", more)

    def api(self, path: str, body: Any = None, method: str = "", **headers: str) -> Callable[[], Answer]:
        more = {"HTTP_AUTHORIZATION": f"Token {self.token}"} | {
            f"HTTP_{name}": value for name, value in headers.items()
        }
        content = b"" if body is None else json.dumps(body, default=str).encode()
        return _call(
            f"/api/v1{path}", method or ("GET" if body is None else "POST"), content, "application/json", more
        )


def _call(path: str, method: str, body: bytes, kind: str, more: dict[str, str]) -> Callable[[], Answer]:
    made = RequestFactory().generic(method, path, body, kind, **more)
    environ = {key: value for key, value in made.environ.items() if key != "wsgi.input"}

    def call() -> Answer:
        # a caller of its own each time, since some pages count tries by address
        n = next(SEVERAL)
        return answer(
            application(), environ | {"REMOTE_ADDR": f"10.{n >> 16 & 255}.{n >> 8 & 255}.{n & 255}"}, body
        )

    return call


def _session_of(user: User, who: Access) -> str:
    """Sign `user` in as `who` and return the key of the session."""
    session = import_module(settings.SESSION_ENGINE).SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session["identity"] = identity_key(who)
    session.create()
    return session.session_key
