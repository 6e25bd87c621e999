"""What /metrics counts of requests: how many, how answered, how long they took, by the name of the page and nothing of anybody.

django-prometheus's own middleware counts twenty things more and costs a sixth of an ordinary page; its export is what we use.
"""

from collections.abc import Callable
from time import perf_counter

from django.http import HttpRequest, HttpResponse
from prometheus_client import Counter, Histogram

ANSWERS = Counter("tonus_answers", "Requests answered", ["view", "method", "status"])
SECONDS = Histogram(
    "tonus_answer_seconds",
    "Time to an answer",
    ["view"],
    buckets=(0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10),
)
METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}


def count_requests(get_response: Callable) -> Callable:
    """Count each answer under its view's name: a name has no ids, and what has no view has none."""

    def middleware(request: HttpRequest) -> HttpResponse:
        began = perf_counter()
        response = get_response(request)
        view = request.resolver_match.view_name if request.resolver_match else ""
        method = request.method if request.method in METHODS else "other"
        ANSWERS.labels(view, method, response.status_code).inc()
        SECONDS.labels(view).observe(perf_counter() - began)
        return response

    return middleware
