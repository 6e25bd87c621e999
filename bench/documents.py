"""How long a printed document takes, from the request to its last byte: each kind, language and size; and a very long one."""

import itertools
import math
import statistics
import time
from collections.abc import Callable

from django.utils.translation import override

from bench.calls import Answer
from bench.measure import Queries, measure, undone
from bench.reference import reference
from bench.subjects import Place, demo, place
from careplans.documents import home_programme, typesetting
from careplans.models import CarePlan, DocumentKind, Layout
from careplans.services import documents, trees
from clinic import tenancy
from clinic.models import LANGUAGES

GOAL_S, TIMES = 2.0, 20
MANY = 40  # exercises of the long programme
HEAD = f"{'':30}{'first s':>9}{'p50 s':>9}{'p95 s':>9}{'CPU ms':>9}{'x REF':>8}{'queries':>9}{'kB':>7}"


def main() -> int:
    here = place("demo", demo())
    unit = measure(reference(), times=60).cpu_ms
    print(f"Goal: each under {GOAL_S:.0f} s. REF {unit:.2f} ms CPU.\n{HEAD}")
    slowest = 0.0
    for kind, (language, _name), layout in itertools.product(DocumentKind.values, LANGUAGES, Layout.values):
        path = f"/plans/{here.plan}/document.pdf?kind={kind}&language={language}&layout={layout}"
        slowest = max(slowest, row(f"{kind} {language} {layout}", here.therapist.api(path), unit))
    slowest = max(slowest, row(f"{MANY} exercises, set only", long_programme(here), unit))
    print("met" if slowest < GOAL_S else f"GAP: {slowest:.2f} s of {GOAL_S:.0f} s")
    return 0


def row(label: str, call: Callable[[], Answer], unit: float) -> float:
    """Print what a document costs; return the slowest of all calls, in seconds. The first one may have to load fonts."""
    walls, busy = [], []
    with undone(), Queries() as queries:
        for _each in range(TIMES + 1):
            began, cpu = time.perf_counter(), time.process_time()
            answer = call()
            busy.append((time.process_time() - cpu) * 1000)
            walls.append(time.perf_counter() - began)
    if answer.status != 200 or not answer.body.startswith(b"%PDF"):
        raise SystemExit(f"{label}: answered {answer.status}")
    first, later = walls[0], sorted(walls[1:])
    p95 = later[math.ceil(len(later) * 0.95) - 1]
    cpu_ms = statistics.median(busy[1:])
    asked = len(queries.statements) / (TIMES + 1)
    print(
        f"{label:30}{first:9.3f}{statistics.median(later):9.3f}{p95:9.3f}{cpu_ms:9.1f}{cpu_ms / unit:8.1f}"
        f"{asked:9.1f}{len(answer.body) / 1024:7.0f}"
    )
    return max(walls)


def long_programme(here: Place) -> Callable[[], Answer]:
    """Return how the largest thing that is ever likely is set: the programme of the plan over and over, large, in Bengali."""
    with tenancy.scope(demo()):
        plan = CarePlan.objects.with_content().select_related("patient", "clinic").get(pk=here.plan)
        content = trees.tree(plan)
        facts = documents.facts_of(plan, content, DocumentKind.HOME_PROGRAMME)
    phase = next(each for each in content["phases"] if each["id"] == facts["phase"])
    phase["home"] = (phase["home"] * MANY)[:MANY]
    with override("bn"):
        values = home_programme.values(content, plan.protocol_text, facts, layout=Layout.LARGE)
    return lambda: Answer(200, typesetting.pdf("home_programme", values))
