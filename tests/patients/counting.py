"""Queries as the budget counts them."""

from django.db import connection
from django.test.utils import CaptureQueriesContext


def queries_of(call):
    """Count the statements that read or write tables: the transaction's own and the wall's are not counted."""
    with CaptureQueriesContext(connection) as captured:
        answer = call()
    assert answer.status_code < 400, answer.json()
    own = (
        "SAVEPOINT",
        "RELEASE",
        "SET ",
        "BEGIN",
        "COMMIT",
        "SELECT set_config",
        "SELECT nullif(current_setting",
    )
    return [q["sql"] for q in captured.captured_queries if not q["sql"].startswith(own)]
