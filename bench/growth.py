"""How the cost of a call grows: in a clinic of 1,000 and of 50,000 patients, and in a small clinic when others have a million.

Goals: within one clinic p50 at most 1.5 times; across clinics CPU at most 1.15 times and p50 at most 1.25 times.
"""

from argparse import Namespace
from dataclasses import dataclass
from uuid import UUID

from bench.cases import cases
from bench.measure import measure
from bench.prepare import generated, prepare
from bench.reference import reference
from bench.subjects import place
from clinic import doors, tenancy
from clinic.models import Clinic

SMALL, LARGE = 1_000, 50_000


@dataclass(frozen=True)
class Cost:
    """What a call costs, in multiples of what REF costs at the same moment: the machine is not equally fast all the time."""

    cpu: float
    p50: float


def main(told: Namespace) -> None:
    prepare(1, SMALL)
    small, before = generated(SMALL), patients_in_all()
    alone = costs(small, told)
    prepare(told.clinics, told.patients)
    after = patients_in_all()
    among = costs(small, told)
    compare(f"A clinic of {SMALL}, with {before} and {after} in all", alone, among, cpu=1.15, p50=1.25)
    prepare(1, LARGE)
    compare(
        f"A clinic of {SMALL} and of {LARGE}",
        costs(small, told),
        costs(generated(LARGE), told),
        cpu=1.5,
        p50=1.5,
    )


def patients_in_all() -> int:
    total = 0
    for clinic_id in doors.clinic_ids():
        with tenancy.scope(clinic_id):
            total += Clinic.objects.get(pk=clinic_id).last_patient_number
    return total


def costs(clinic: UUID, told: Namespace) -> dict[str, Cost]:
    """Measure the calls that only read and have a goal."""
    ref, found = reference(), {}
    for case in cases(place("", clinic)):
        if case.budget and not case.writes and told.only.lower() in case.label.lower():
            unit, figure = measure(ref, times=100), measure(case.call, times=told.times)
            found[case.label] = Cost(figure.cpu_ms / unit.cpu_ms, figure.p50_ms / unit.p50_ms)
    return found


def compare(title: str, before: dict[str, Cost], after: dict[str, Cost], *, cpu: float, p50: float) -> None:
    print(f"\n{title}: in multiples of REF\n{'':34} {'CPU':>19} {'p50':>23}")
    for label, old in before.items():
        new = after[label]
        grown = (("CPU", new.cpu / old.cpu, cpu), ("p50", new.p50 / old.p50, p50))
        worse = [f"{name} {ratio:.2f} of {most}" for name, ratio, most in grown if ratio > most]
        print(
            f"{label:34} {old.cpu:6.1f} {new.cpu:6.1f} {new.cpu / old.cpu:5.2f}x {old.p50:8.1f} {new.p50:6.1f}"
            f" {new.p50 / old.p50:5.2f}x  {'GAP ' + ', '.join(worse) if worse else 'met'}"
        )
