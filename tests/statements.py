"""Queries as the budgets count them: statements that read or write tables, with what the history puts before them cut off."""

from collections.abc import Callable
from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext

BESIDE = (
    "BEGIN",
    "COMMIT",
    "SAVEPOINT",
    "RELEASE",
    "SET ",
    "SELECT set_config",
    "SELECT nullif(current_setting",
)


def statements_of(call: Callable[[], Any]) -> list[str]:
    with CaptureQueriesContext(connection) as captured:
        call()
    bare = (
        sql.split(";", 1)[-1].strip() if "pghistory.context" in sql else sql
        for sql in (query["sql"] for query in captured.captured_queries)
    )
    return [sql for sql in bare if not sql.startswith(BESIDE)]
