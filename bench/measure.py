"""How one request is measured: statements on tables, CPU of this process, wall time, bytes; and the unit they are held against.

One worker, in this process, through the whole middleware: what a server adds is the same for every page and for REF.
"""

import gc
import gzip
import statistics
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any

from django.db import connection

FREE = ("BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE", "SET ", "SELECT set_config")


class Queries(AbstractContextManager):
    """Count statements that read or write tables; transactions and the wall's own setting are free (performance goals)."""

    def __init__(self) -> None:
        self.statements: list[str] = []

    def __enter__(self) -> "Queries":
        self._wrapper = connection.execute_wrapper(self._count)
        self._wrapper.__enter__()
        return self

    def __exit__(self, *exc: Any) -> None:
        self._wrapper.__exit__(*exc)

    def _count(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        # the history context is put before a statement; what counts is the statement itself
        bare = sql.split(";", 1)[-1].strip() if "pghistory.context" in sql else sql.strip()
        if not bare.startswith(FREE):
            self.statements.append(bare)
        return execute(sql, params, many, context)


@dataclass(frozen=True)
class Figure:
    label: str
    status: int
    queries: int
    cpu_ms: float
    p50_ms: float
    p95_ms: float
    size: int
    gzipped: int


def measure(label: str, call: Callable[[], Any], *, times: int = 30, warm: int = 3) -> Figure:
    """Call once to count, a few times to warm up, then `times` times to measure; CPU is the median of single calls."""
    with Queries() as queries:
        answer = call()
    for _ in range(warm):
        call()
    cpu, wall = [], []
    gc.collect()
    gc.disable()
    for _ in range(times):
        began, busy = time.perf_counter(), time.process_time()
        answer = call()
        cpu.append(time.process_time() - busy)
        wall.append(time.perf_counter() - began)
    gc.enable()
    body = b"".join(answer) if answer.streaming else answer.content
    ordered = sorted(wall)
    return Figure(
        label=label,
        status=answer.status_code,
        queries=len(queries.statements),
        cpu_ms=statistics.median(cpu) * 1000,
        p50_ms=statistics.median(wall) * 1000,
        p95_ms=ordered[min(len(ordered) - 1, int(len(ordered) * 0.95))] * 1000,
        size=len(body),
        gzipped=len(gzip.compress(body, 6)),
    )
