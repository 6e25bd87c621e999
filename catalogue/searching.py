"""Narrowing the library down: filters that combine, with counts of what is left. Plain values, no database.

A filter ("facet") gives of each entry the values it is found under. Values chosen of one filter widen it (calf or ankle),
filters narrow each other (calf, and in a wheelchair). A count beside a value tells how many there would be with that value
chosen alone in its filter, all other filters as they are.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

Entry = Mapping[str, Any]
Values = Callable[[Entry], Collection[str]]
WORDS = "search"  # stands among the filters under this name

# What an exercise is for. The catalogue's aims are sentences; what they have in common follows from the technique (its name
# and how it works, data/modalities) and from the tags that the safety rules rely on (exercise_tags in vocabulary.yaml).
AIMS = (
    "stretch", "move", "nerve-glide", "strengthen", "control", "balance", "fitness", "relax", "posture", "daily-life"
)  # fmt: skip
AIM_OF_TECHNIQUE = {
    "stretching-static": "stretch",
    "stretching-prolonged": "stretch",
    "stretching-hold-relax": "stretch",
    "supported-standing": "stretch",
    "stretching-dynamic": "move",
    "passive-movement": "move",
    "neural-mobilisation": "nerve-glide",
    "strengthening-progressive": "strengthen",
    "strengthening-isometric": "strengthen",
    "neuromuscular-re-education": "control",
    "proprioceptive-training": "balance",
    "gait-training": "balance",
    "aerobic-exercise": "fitness",
    "breathing-relaxation": "relax",
    "postural-training": "posture",
    "ergonomics": "posture",
    "transfer-and-bed-mobility-training": "daily-life",
}
AIM_OF_TAG = {
    "resisted": "strengthen",
    "isometric": "strengthen",
    "standing-balance": "balance",
    "aerobic": "fitness",
    "neural-slider": "nerve-glide",
    "neural-tensioner": "nerve-glide",
}
LOOSENING = {"stretch", "move"}  # one may stand in for the other
# A seated exercise that asks for no other seat and puts no weight on the legs can be done in a wheelchair, brakes on: an aid
# to finding, and a working rule of the product. Whether it suits somebody's seat and footplates the therapist sees.
OTHER_SEATS = {"armchair", "bed", "mat"}
ON_THE_LEGS = {"weight-bearing", "standing-balance"}


def aims(entry: Entry) -> list[str]:
    """Return what an exercise is for, its technique's aim first; [] for a technique that has none of them."""
    found = [AIM_OF_TECHNIQUE.get(entry["modality"], ""), *(AIM_OF_TAG.get(tag, "") for tag in entry["tags"])]
    return list(dict.fromkeys(filter(None, found)))


def positions(entry: Entry) -> list[str]:
    """Return the position of an exercise, and "wheelchair" where it can be done in one as well."""
    position = entry["position"]
    seated = position == "sitting" and not OTHER_SEATS & set(entry["props"])
    return [position, "wheelchair"] if seated and not ON_THE_LEGS & set(entry["tags"]) else [position]


def facets(kind: str, known: Any) -> dict[str, Values]:
    """Return the filters of "exercises" or "protocols" by name, as `known` (a Knowledge) tells them."""
    shipped = getattr(known, kind)
    origin: Values = lambda entry: ["shipped" if entry["id"] in shipped else "own"]  # noqa: E731
    subtypes = {
        family["id"]: [subtype["id"] for subtype in family["subtypes"]]
        for family in known.conditions.values()
        if family["family"] is None
    }

    def conditions(entry: Entry) -> list[str]:
        families = [entry["family"]] if kind == "protocols" else entry["families"]
        return [condition for family in families for condition in (family, *subtypes.get(family, ()))]

    if kind == "protocols":
        return {"condition": conditions, "origin": origin}
    return {
        "region": lambda entry: entry["body_regions"],
        "muscle": lambda entry: entry["target_muscles"],
        "aim": aims,
        "position": positions,
        "helper": lambda entry: ["yes" if entry["helper_needed"] else "no"],
        "prop": lambda entry: entry["props"],
        "condition": conditions,
        "setting": lambda entry: entry["settings"],
        "benefit": lambda entry: entry["benefits"],
        "origin": origin,
    }


def choices(kind: str, known: Any) -> dict[str, Collection[str]]:
    """Return every value that each filter takes, in the order to show them."""
    every: dict[str, Collection[str]] = {
        "region": list(known.terms("body_regions")),
        "muscle": known.vocabulary["muscle_groups"],
        "aim": AIMS,
        "position": known.vocabulary["positions"],
        "helper": ["no", "yes"],
        "prop": known.vocabulary["props"],
        "condition": list(known.conditions),
        "setting": list(known.terms("settings")),
        "benefit": list(known.terms("benefits")),
        "origin": ["own", "shipped"],
    }
    return {name: every[name] for name in facets(kind, known)}


@dataclass(frozen=True)
class Found:
    """What is left, in the order it came; how many each value would leave.

    When nothing is left, `without` tells which filters to drop, the fewest that help, and how many there would be then.
    """

    entries: list[Entry]
    counts: Mapping[str, Counter[str]]
    without: Mapping[tuple[str, ...], int]


def find(
    entries: Iterable[Entry],
    filters: Mapping[str, Values],
    chosen: Mapping[str, Collection[str]],
    *,
    search: str = "",
    text: Callable[[Entry], str] = lambda entry: entry["id"],
) -> Found:
    """Narrow entries down to those that have one of the `chosen` values of every filter, and all words of `search`.

    `text` gives what an entry is searched in, in small letters. Pass over once: an entry that fails one filter alone counts
    for the values of that one.
    """
    words = spelt(search).split()
    wanted = {name: frozenset(values) for name, values in chosen.items() if values}
    kept: list[Entry] = []
    counts: dict[str, Counter[str]] = {name: Counter() for name in filters}
    without: Counter[tuple[str, ...]] = Counter()
    for entry in entries:
        values = {name: of(entry) for name, of in filters.items()}
        failed = [name for name, any_of in wanted.items() if any_of.isdisjoint(values[name])]
        if words and (said := text(entry)) and not all(word in said for word in words):
            failed.append(WORDS)
        if not failed:
            kept.append(entry)
        else:
            without[tuple(failed)] += 1
        for name in filters if not failed else failed if len(failed) == 1 and failed != [WORDS] else ():
            counts[name].update(set(values[name]))
    fewest = min(map(len, without), default=0)
    drops = {names: count for names, count in without.items() if len(names) == fewest and not kept}
    return Found(kept, counts, drops)


# --- words -----------------------------------------------------------------------------------------------------------
def spelt(text: str) -> str:
    return text.lower().replace("-", " ")


def words_of(kind: str, entry: Entry, known: Any) -> str:
    """Return all that an entry is found by: names in every language, aim, and whatever the filters say of it, in words."""
    if kind == "protocols":
        conditions = [known.conditions[key]["name"] for key in (entry["family"], *entry["subtypes"])]
        return spelt(" ".join([entry["name"], *conditions, *entry["suits"]]))
    # an own entry may name a region or a benefit that a release has dropped since
    regions, benefits = known.terms("body_regions"), known.terms("benefits")
    labels = [regions[key]["label"] for key in entry["body_regions"] if key in regions]
    labels += [
        word for key in entry["benefits"] if key in benefits for word in benefits[key]["label"].values()
    ]
    ids = (entry["body_regions"], entry["target_muscles"], positions(entry), entry["props"], aims(entry))
    technique = known.modalities[entry["modality"]]["name"]
    parts = [*entry["name"].values(), entry["aim"], technique, *labels]
    return spelt(" ".join([*parts, *(key for keys in ids for key in keys)]))


@lru_cache(maxsize=4)
def shipped_words(kind: str, known: Any) -> Mapping[str, str]:
    """Return the words of every shipped entry by id: worked out once for a version of the knowledge."""
    return {entry["id"]: words_of(kind, entry, known) for entry in getattr(known, kind).values()}


def searched(kind: str, known: Any) -> Callable[[Entry], str]:
    """Return the function that gives an entry's words, shipped or own."""
    kept = shipped_words(kind, known)
    return lambda entry: kept.get(entry["id"]) or words_of(kind, entry, known)


# --- other ways --------------------------------------------------------------------------------------------------------
def other_ways(entry: Entry, entries: Iterable[Entry], most: int = 6) -> list[Entry]:
    """Return exercises with the same aim for the same muscles, done in another position or with a helper instead.

    The nearest first: by how many muscles and places they share. Where muscles are not told, places alone decide.
    """
    aim = set(aims(entry)[:1])
    wanted = LOOSENING if aim & LOOSENING else aim
    muscles, regions = set(entry["target_muscles"]), set(entry["body_regions"])
    near: list[tuple[int, int, int, Entry]] = []
    for place, other in enumerate(entries):
        same_way = (other["position"], other["helper_needed"]) == (entry["position"], entry["helper_needed"])
        if other["id"] == entry["id"] or same_way or not wanted & set(aims(other)):
            continue
        same_muscles = len(muscles & set(other["target_muscles"]))
        same_regions = len(regions & set(other["body_regions"]))
        if same_muscles or (not muscles and same_regions):
            near.append((-same_muscles, -same_regions, place, other))
    return [other for *_rank, other in sorted(near, key=lambda ranked: ranked[:3])[:most]]
