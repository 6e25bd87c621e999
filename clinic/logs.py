"""Log lines as JSON with the request's id, and without what is somebody's."""

import json
import re
from typing import Any

import structlog

DROPPED = {
    "name",
    "given_name",
    "family_name",
    "email",
    "phone",
    "address",
    "note",
    "q",
    "password",
    "code",
    "user_agent",
}


SIGNS_IN = re.compile(r"(/me/go/|/password/reset/key/)[^/\s?]+")  # whoever has such an address is let in


PERSONAL = [
    (SIGNS_IN, r"\1…"),
    (re.compile(r"(Key \([^)]*\)=|Failing row contains )\(.*\)"), r"\1(…)"),  # what PostgreSQL shows of a row
    (re.compile(r"[^\s@()<>'\",:;]+@[^\s@()<>'\",:;]+"), "…@…"),
    (re.compile(r"\+\d[\d -]{6,}\d"), "+…"),
]


def work_id() -> str:
    """Return the id of the request that is answered, or of the task that runs; "" outside both."""
    bound = structlog.contextvars.get_contextvars()
    return str(bound.get("request_id") or bound.get("task_id") or "")[:64]


def drop_personal(_logger: Any, _method: str, event: dict[str, Any]) -> dict[str, Any]:
    """Structlog processor: take out personal fields, query strings, and what is somebody's in a text or traceback."""
    for name in ("request", "event", "exception"):
        if isinstance(event.get(name), str):
            for pattern, instead in PERSONAL:
                event[name] = pattern.sub(instead, event[name])
    if isinstance(event.get("request"), str):
        event["request"] = event["request"].split("?")[0]
    return {key: value for key, value in event.items() if key not in DROPPED}


structlog.configure(
    processors=[
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso"),
        structlog.processors.format_exc_info,
        drop_personal,
        structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
    ],
    logger_factory=structlog.stdlib.LoggerFactory(),
    cache_logger_on_first_use=True,
)


class Formatter(structlog.stdlib.ProcessorFormatter):
    """One JSON object a line, for our own events and for those of libraries."""

    def __init__(self) -> None:
        super().__init__(
            foreign_pre_chain=[
                structlog.contextvars.merge_contextvars,
                structlog.stdlib.add_logger_name,
                structlog.stdlib.add_log_level,
                structlog.processors.TimeStamper(fmt="iso"),
                structlog.processors.format_exc_info,
                drop_personal,
            ],
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.JSONRenderer(serializer=json.dumps, default=str),
            ],
        )

    def usesTime(self) -> bool:  # noqa: N802  (logging's name)
        return False
