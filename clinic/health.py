"""Is the process up, and can it serve? For supervisors and load balancers; open to all, and says nothing of anybody."""

import hmac
from typing import Any

import structlog
from django.conf import settings
from django.core.cache import cache
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, HttpResponseNotFound, JsonResponse
from django_prometheus import exports

from clinic.access import public
from clinic.celery import app as celery_app

log = structlog.get_logger(__name__)
_seen: dict[str, bool] = {}


@public
def healthz(_request: HttpRequest) -> HttpResponse:
    """The process answers."""
    return HttpResponse("ok", content_type="text/plain")


@public
def readyz(_request: HttpRequest) -> JsonResponse:
    """200 when database, migrations, cache and broker are all there, else 503; `checks` names each."""
    checks = {name: _works(name, probe) for name, probe in PROBES.items()}
    return JsonResponse(
        {"ready": all(checks.values()), "checks": checks}, status=200 if all(checks.values()) else 503
    )


@public
def metrics(request: HttpRequest) -> HttpResponse:
    """Prometheus figures, for whoever holds the token; without one set the page does not exist."""
    token = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if not settings.METRICS_TOKEN or not hmac.compare_digest(token.encode(), settings.METRICS_TOKEN.encode()):
        return HttpResponseNotFound()
    return exports.ExportToDjangoView(request)


def _works(name: str, probe: Any) -> bool:
    try:
        works, why = bool(probe()), ""
    except Exception as error:  # noqa: BLE001  (whatever the reason, it is not ready)
        works, why = False, type(error).__name__
    if not works:
        log.warning("not_ready", check=name, error=why)
    return works


def _database() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        return True


def _migrations() -> bool:
    """Every migration we know is applied; once seen it stays so for this process."""
    if not _seen.get("migrations"):
        executor = MigrationExecutor(connection)
        _seen["migrations"] = not executor.migration_plan(executor.loader.graph.leaf_nodes())
    return _seen["migrations"]


def _cache() -> bool:
    cache.set("ready", 1, 10)
    return cache.get("ready") == 1


def _broker() -> bool:
    with celery_app.connection_for_read() as broker:
        broker.ensure_connection(max_retries=0, timeout=2)
    return True


PROBES = {"database": _database, "migrations": _migrations, "cache": _cache, "broker": _broker}
