"""REF: the smallest honest Django page, one row by primary key out of a million and a small template. The unit of the goals."""

from collections.abc import Callable

from django.core.handlers.wsgi import WSGIHandler
from django.db import connection
from django.test import RequestFactory, override_settings

from bench.calls import Answer, answer

TEMPLATE = "<!doctype html><title>{{ title }}</title><main><h1>{{ title }}</h1><p>{{ body }}</p></main>"
ROWS = 1_000_000
USUAL = [
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]


def prepare() -> None:
    """Make the table once, in a schema of its own; needs the owner."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass('bench.ref') IS NOT NULL")
        if cursor.fetchone()[0]:
            return
        cursor.execute("CREATE SCHEMA IF NOT EXISTS bench")
        cursor.execute("CREATE UNLOGGED TABLE bench.ref (id integer PRIMARY KEY, title text, body text)")
        cursor.execute(
            "INSERT INTO bench.ref SELECT n, 'Title ' || n, repeat('text ', 20) FROM generate_series(1, %s) n",
            [ROWS],
        )
        cursor.execute("GRANT USAGE ON SCHEMA bench TO tonus_app")
        cursor.execute("GRANT SELECT ON bench.ref TO tonus_app")
        cursor.execute("ANALYZE bench.ref")


def reference() -> Callable[[], Answer]:
    """Return a call that answers REF once: through Django's handler, with the middleware that a new project starts with."""
    with override_settings(MIDDLEWARE=USUAL):
        bare = WSGIHandler()
    environ = RequestFactory().get("/bench/ref/").environ
    return lambda: answer(bare, environ, b"")
