"""`make bench`: what each page and API call costs, beside its budget. Figures and their meaning: docs/benchmarks.md."""

import argparse
import logging
import os
import statistics
import time

from django.conf import settings
from django.contrib.auth.hashers import check_password, make_password
from django.test import override_settings

from bench import documents, duplicates, finding, growth, prepare, reminders, safety, served
from bench.cases import Case, cases, sign_in
from bench.measure import Figure, measure
from bench.reference import reference
from bench.subjects import demo, place

QUICK_HASH = ["django.contrib.auth.hashers.MD5PasswordHasher", *settings.PASSWORD_HASHERS]
HEAD = f"{'':34} {'queries':>9} {'CPU ms':>7} {'x REF':>11} {'p50 ms':>7} {'p95 ms':>7} {'kB':>6} {'gzip':>6}  goal"


def main() -> int:
    told = arguments()
    if told.as_owner:
        prepare.make(told.clinics, told.patients)
        return 0
    sink = open(os.devnull, "w")  # noqa: SIM115  (logs are written, as in production, but not between the figures)
    for handler in logging.getLogger().handlers:
        handler.setStream(sink)
    settings.ROOT_URLCONF = "bench.urls"
    if told.growth:
        growth.main(told)
        return 0
    if told.finding:
        return finding.main(told)
    prepare.prepare(told.clinics, told.patients)
    if told.duplicates:
        return duplicates.main(told.patients // told.clinics)
    if told.documents:
        return documents.main()
    if told.reminders:
        return reminders.main()
    if told.safety:
        return safety.main(told)
    began = time.monotonic()
    with override_settings(PASSWORD_HASHERS=QUICK_HASH):
        gaps = report(told)
    print(f"{len(gaps)} gaps after {time.monotonic() - began:.0f} s", *gaps, sep="\n  ")
    return 0


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make bench ARGS=…", description=__doc__)
    parser.add_argument("--clinics", type=int, default=10, help="generated clinics, all of one size")
    parser.add_argument(
        "--patients", type=int, default=10_000, help="generated patients, in all clinics together"
    )
    parser.add_argument("--times", type=int, default=30, help="how often each call is measured")
    parser.add_argument("--only", default="", help="only what has this in its name")
    parser.add_argument("--queries", action="store_true", help="print the statements of each call")
    parser.add_argument(
        "--growth", action="store_true", help="how figures grow with patients in one clinic and in others"
    )
    parser.add_argument("--reminders", action="store_true", help="how fast due reminders leave")
    parser.add_argument("--duplicates", action="store_true", help="how well people known already are found")
    parser.add_argument("--documents", action="store_true", help="how long a printed document takes")
    parser.add_argument("--finding", action="store_true", help="how quickly somebody is found by a scrap")
    parser.add_argument("--safety", action="store_true", help="what the check of a plan costs")
    parser.add_argument("--as-owner", action="store_true", help=argparse.SUPPRESS)
    return parser.parse_args()


def report(told: argparse.Namespace) -> list[str]:
    """Print a table for the demo clinic and one for a generated clinic; return the gaps, named."""
    ref, units, gaps = reference(), [], []
    share = served.share(lambda: measure(ref, times=1000).cpu_ms)
    print(f"One worker on {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}.")
    for name, clinic_id in (
        ("demo", demo()),
        ("generated", prepare.generated(told.patients // told.clinics)),
    ):
        here = place(name, clinic_id)
        print(f"\n{name} clinic, {here.patients} patients\n{HEAD}")
        for case in [*cases(here), *([sign_in()] if name == "demo" else [])]:
            if told.only.lower() not in case.label.lower():
                continue
            units.append(
                measure(ref, times=60).cpu_ms
            )  # beside each case: the machine is not equally fast all the time
            figure = measure(case.call, times=told.times, undo=case.writes, before=case.before)
            shown, missed = line(case, figure, units[-1])
            print(shown, flush=True)
            gaps += [f"{name}: {case.label}: {gap}" for gap in missed]
            if told.queries:
                print(*(f"    {n}. {sql[:300]}" for n, sql in enumerate(figure.statements, 1)), sep="\n")
    ref_ms = statistics.median(units)
    print(
        f"\nREF {ref_ms:.2f} ms CPU ({min(units):.2f} to {max(units):.2f}), of that {share / (1 + share):.0%} the server's"
    )
    print(f"Hash of a password: {hash_ms():.0f} ms (goal 80 to 200)")
    return gaps


def line(case: Case, figure: Figure, unit: float) -> tuple[str, list[str]]:
    """Return a row of the table, and by what it misses its goal.

    A goal names CPU twice, in ms and in multiples of REF. Over both is a gap; over the multiple alone is said.
    """
    multiple, budget = figure.cpu_ms / unit, case.budget
    missed, verdict = [], ""
    if figure.status != case.status:
        missed.append(f"answered {figure.status} instead of {case.status}")
    if budget:
        cpu = f"{multiple:.1f} of {budget.most(unit):.1f} x REF"
        over = multiple > budget.most(unit)
        if figure.queries > budget.queries:
            missed.append(f"{figure.queries} of {budget.queries} queries")
        if over and figure.cpu_ms > budget.ms:
            missed.append(f"{cpu}, {figure.cpu_ms:.1f} of {budget.ms} ms")
        verdict = f"{budget.ms} ms met, {cpu}" if over else "met"
    return (
        f"{case.label:34} {of(figure.queries, budget and budget.queries):>9} {figure.cpu_ms:7.2f}"
        f" {of(f'{multiple:.1f}', budget and f'{budget.most(unit):.3g}'):>11} {figure.p50_ms:7.2f} {figure.p95_ms:7.2f}"
        f" {figure.size / 1024:6.1f} {figure.gzipped / 1024:6.1f}  {'GAP ' + ', '.join(missed) if missed else verdict}"
    ), missed


def of(value: object, most: object) -> str:
    return f"{value} / {most}" if most else f"{value}    "


def hash_ms() -> float:
    with override_settings(PASSWORD_HASHERS=settings.PASSWORD_HASHERS[1:]):
        kept = make_password("tonus-demo")
        began = time.perf_counter()
        for _ in range(5):
            check_password("tonus-demo", kept)
        return (time.perf_counter() - began) / 5 * 1000
