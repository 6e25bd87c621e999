"""How quickly somebody is found by a scrap of a name, a phone or a number: in a clinic of 50,000, among a million in all."""

import random
import statistics
import time
from argparse import Namespace
from collections.abc import Callable
from uuid import UUID

from bench.prepare import generated, prepare
from clinic import tenancy
from clinic.access import Access, Role
from clinic.ids import uuid7
from clinic.models import Clinic
from patients import searching
from patients.models import Patient
from patients.pages.people import BEST

LARGE, EACH = 50_000, 100  # patients of the clinic; scraps of a kind
GOAL = 50  # ms, p95
VOWELS = "aeiou"
Scrap = Callable[[Patient, random.Random], str]


def misspelt(name: str, luck: random.Random) -> str:
    """Write a name as somebody hears it: a vowel doubled, or one left out."""
    places = [n for n, letter in enumerate(name[1:], 1) if letter.lower() in VOWELS]
    if not places:
        return name
    at = luck.choice(places)
    return name[:at] + name[at] * luck.choice((0, 2)) + name[at + 1 :]


SCRAPS: dict[str, Scrap] = {
    "three letters of a given name": lambda row, _luck: row.given_name[:3],
    "a given name": lambda row, _luck: row.given_name,
    "given name and two letters": lambda row, _luck: f"{row.given_name} {row.family_name[:2]}",
    "family name first": lambda row, _luck: f"{row.family_name} {row.given_name[:2]}",
    "a name misspelt": lambda row, luck: f"{misspelt(row.given_name, luck)} {row.family_name}",
    "a short name misspelt": lambda row, luck: misspelt(row.given_name[:5], luck),
    "four digits of a phone": lambda row, _luck: row.phone[-4:],
    "seven digits of a phone": lambda row, _luck: row.phone[-7:],
    "name and digits": lambda row, _luck: f"{row.given_name[:4]} {row.phone[-4:]}",
    "the number said aloud": lambda row, _luck: row.reference,
    "nobody": lambda _row, luck: "".join(luck.choices("qxzvw", k=6)),
}


def main(told: Namespace) -> int:
    prepare(told.clinics, told.patients)
    prepare(1, LARGE)
    clinic_id = generated(LARGE)
    luck = random.Random(7)  # the same people each time
    with tenancy.scope(clinic_id):
        clinic = Clinic.objects.get(pk=clinic_id)
        by = Access(clinic.pk, clinic.slug, clinic.name, uuid7(), (Role.FRONT_DESK,), member_id=uuid7())
        numbers = luck.sample(range(1, LARGE + 1), EACH)
        people = list(Patient.objects.for_clinic(clinic).filter(number__in=numbers))
        print(f"{LARGE:,} patients in the clinic. Goal: p95 under {GOAL} ms.")
        print(f"{'':32}{'p50':>8}{'p95':>8}{'most':>8}   among the first {BEST}")
        every: list[float] = []
        for kind, scrap in SCRAPS.items():
            times, met = [], 0
            for row in people:
                seconds, found = timed(scrap(row, luck), by)
                times.append(seconds)
                met += row.pk in found
            every += times
            print(f"{kind:32}{figures(times)}   {met if kind != 'nobody' else '–'} of {len(people)}")
        print(f"{'all':32}{figures(every)}")
        worst = percentile(every, 95)
    print("met" if worst < GOAL else f"GAP: {worst:.1f} ms of {GOAL}")
    return 0


def timed(scrap: str, by: Access) -> tuple[float, set[UUID]]:
    """Return how long the search of the box took, in ms, and whom it found."""
    shown = Patient.objects.visible_to(by)
    began = time.perf_counter()
    found = {row.pk for row in shown.found(searching.read(scrap), by)[:BEST]}
    return (time.perf_counter() - began) * 1000, found


def percentile(times: list[float], share: int) -> float:
    return statistics.quantiles(times, n=100, method="inclusive")[share - 1]


def figures(times: list[float]) -> str:
    return f"{statistics.median(times):8.1f}{percentile(times, 95):8.1f}{max(times):8.1f}"
