"""REF: the smallest honest Django page, one row by primary key out of a million and a small template. The unit of the goals."""

import random
from typing import Any

from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.template import engines
from django.test import RequestFactory

TEMPLATE = "<!doctype html><title>{{ title }}</title><main><h1>{{ title }}</h1><p>{{ body }}</p></main>"
ROWS = 1_000_000


def prepare() -> None:
    """Make the table once, in a schema of its own; needs the owner."""
    with connection.cursor() as cursor:
        cursor.execute("CREATE SCHEMA IF NOT EXISTS bench")
        cursor.execute("SELECT to_regclass('bench.ref') IS NOT NULL")
        if cursor.fetchone()[0]:
            return
        cursor.execute("CREATE UNLOGGED TABLE bench.ref (id integer PRIMARY KEY, title text, body text)")
        cursor.execute(
            "INSERT INTO bench.ref SELECT n, 'Title ' || n, repeat('text ', 20) FROM generate_series(1, %s) n",
            [ROWS],
        )
        cursor.execute("ANALYZE bench.ref")


def reference() -> Any:
    """Return a call that answers REF once."""
    template = engines["django"].from_string(TEMPLATE)
    factory = RequestFactory()

    def view(request: HttpRequest) -> HttpResponse:
        with connection.cursor() as cursor:
            cursor.execute("SELECT title, body FROM bench.ref WHERE id = %s", [random.randint(1, ROWS)])
            title, body = cursor.fetchone()
        return HttpResponse(template.render({"title": title, "body": body}, request))

    return lambda: view(factory.get("/ref"))
