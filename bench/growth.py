"""How the cost of a call grows: in a clinic of 1,000 and of 50,000 patients, and in a small clinic when others have a million.

Goals: within one clinic p50 at most 1.5 times; across clinics CPU at most 1.15 times and p50 at most 1.25 times.
"""

from argparse import Namespace
from collections.abc import Callable
from uuid import UUID

from bench.cases import cases
from bench.measure import Figure, measure
from bench.subjects import place

SMALL, LARGE = 1_000, 50_000
Figures = dict[str, Figure]


def main(told: Namespace, prepare: Callable[[int, int], None], generated: Callable[[int], UUID]) -> None:
    prepare(1, SMALL)
    prepare(1, LARGE)
    small = generated(SMALL)
    alone = figures(small, told)
    compare(
        f"One clinic, {SMALL} to {LARGE} patients", alone, figures(generated(LARGE), told), cpu=1.5, p50=1.5
    )
    prepare(told.clinics, told.patients)
    among = figures(small, told)
    compare(
        f"A clinic of {SMALL}, with {told.patients} more in {told.clinics} others",
        alone,
        among,
        cpu=1.15,
        p50=1.25,
    )


def figures(clinic: UUID, told: Namespace) -> Figures:
    """Measure the calls that only read and have a goal."""
    wanted = [
        c
        for c in cases(place("", clinic))
        if c.budget and not c.writes and told.only.lower() in c.label.lower()
    ]
    return {case.label: measure(case.call, times=told.times) for case in wanted}


def compare(title: str, before: Figures, after: Figures, *, cpu: float, p50: float) -> None:
    print(f"\n{title}\n{'':34} {'CPU ms':>16} {'':>6} {'p50 ms':>16}")
    for label, old in before.items():
        new = after[label]
        worse = [
            f"{name} {ratio:.2f} of {most}"
            for name, ratio, most in (
                ("CPU", new.cpu_ms / old.cpu_ms, cpu),
                ("p50", new.p50_ms / old.p50_ms, p50),
            )
            if ratio > most
        ]
        print(
            f"{label:34} {old.cpu_ms:7.2f} {new.cpu_ms:8.2f} {new.cpu_ms / old.cpu_ms:5.2f}x"
            f" {old.p50_ms:8.2f} {new.p50_ms:8.2f} {new.p50_ms / old.p50_ms:5.2f}x  {'GAP ' + ', '.join(worse) if worse else 'met'}"
        )
