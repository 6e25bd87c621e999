"""How one request is measured: statements on tables, CPU of this process, wall time, bytes; and the unit they are held against.

One worker, in this process, through the whole middleware: what a server adds is the same for every page and for REF.
"""

import gc
import gzip
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any

from django.core.signals import request_finished, request_started
from django.db import close_old_connections, connection, transaction

from bench.calls import Answer

# transactions, the wall's own setting and the connection's health check: not what a page asks
FREE = (
    "BEGIN",
    "COMMIT",
    "ROLLBACK",
    "SAVEPOINT",
    "RELEASE",
    "SET ",
    "SELECT set_config",
    "SELECT nullif(current_setting",
)


class Queries(AbstractContextManager):
    """Keep the statements that read or write tables; what is FREE is not kept (performance goals)."""

    def __init__(self) -> None:
        self.statements: list[str] = []

    def __enter__(self) -> "Queries":
        self._wrapper = connection.execute_wrapper(self._keep)
        self._wrapper.__enter__()
        return self

    def __exit__(self, *exc: Any) -> None:
        self._wrapper.__exit__(*exc)

    def _keep(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        # the history context is put before a statement; what counts is the statement itself
        bare = sql.split(";", 1)[-1].strip() if "pghistory.context" in sql else sql.strip()
        if not bare.startswith(FREE):
            self.statements.append(bare)
        return execute(sql, params, many, context)


@contextmanager
def undone() -> Iterator[None]:
    """Roll back what the block does. Django closes a connection that a request leaves in a transaction: not here."""
    ends = (request_started, request_finished)
    for signal in ends:
        signal.disconnect(close_old_connections)
    try:
        with transaction.atomic():
            yield
            transaction.set_rollback(True)
    finally:
        for signal in ends:
            signal.connect(close_old_connections)


@dataclass(frozen=True)
class Figure:
    status: int
    queries: int
    cpu_ms: float
    p50_ms: float
    p95_ms: float
    size: int
    gzipped: int
    statements: tuple[str, ...]


def measure(
    call: Callable[[], Answer],
    *,
    times: int = 30,
    warm: int = 3,
    undo: bool = False,
    before: Callable[[], Any] | None = None,
) -> Figure:
    """Call a few times to warm up, once to count, then `times` times to measure; CPU is the median of single calls.

    With `undo` each call runs inside a transaction that is rolled back, so that it can be repeated: what a commit to disk
    costs is not in the figures then. `before` comes first each time, and is not measured.
    """

    queries = Queries()

    def once(*around: AbstractContextManager) -> tuple[Answer, float, float]:
        with ExitStack() as stack:
            if undo:
                stack.enter_context(undone())
            if before:
                before()
            for block in around:
                stack.enter_context(block)
            began, busy = time.perf_counter(), time.process_time()
            answer = call()
            return answer, time.process_time() - busy, time.perf_counter() - began

    for _ in range(warm):
        once()
    answer, _cpu, _wall = once(queries)
    gc.collect()
    gc.disable()
    try:
        runs = [once() for _ in range(times)]
    finally:
        gc.enable()
    wall = sorted(seconds for _answer, _cpu, seconds in runs)
    return Figure(
        status=answer.status,
        queries=len(queries.statements),
        cpu_ms=statistics.median(cpu for _answer, cpu, _wall in runs) * 1000,
        p50_ms=statistics.median(wall) * 1000,
        p95_ms=wall[min(len(wall) - 1, int(len(wall) * 0.95))] * 1000,
        size=len(answer.body),
        gzipped=len(gzip.compress(answer.body, 6)),
        statements=tuple(queries.statements),
    )
