"""The library's filters as its pages show them: read from the address, with words, counts and the way to take each back."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from catalogue import searching
from catalogue.presenting import Presenter
from catalogue.searching import WORDS, Found

LISTS = ("condition", "region", "muscle", "prop")  # too many values to tick: one is picked from a list
DROPS = 5  # ways out of an empty list that are offered
SHELVES = ("hidden", "retired")

Chosen = Mapping[str, Sequence[str]]


def read(query: QueryDict, kind: str, known: Any) -> dict[str, list[str]]:
    """Return the chosen values by filter; what is no value of one is passed over."""
    taken = searching.choices(kind, known)
    return {
        name: [value for value in dict.fromkeys(query.getlist(name)) if value in values]
        for name, values in taken.items()
    }


def shown(
    kind: str, presenter: Presenter, found: Found, chosen: Chosen, search: str, shelf: str
) -> dict[str, Any]:
    """Return what the templates need: `lists` and `checks` with counts, `chips` of what is chosen, `drops` that would help."""
    labels = _labels()
    filters = [
        _filter(name, labels[name], values, presenter, found, chosen[name])
        for name, values in searching.choices(kind, presenter.known).items()
    ]
    query = [(name, value) for name, values in chosen.items() for value in values]
    query += [(name, value) for name, value in ((WORDS, search), ("show", shelf)) if value]
    chips = [
        {"label": _chip(name, value, presenter=presenter), "url": _address(query, (name, value))}
        for name, value in query
        if name != "show"
    ]
    by_name = {**chosen, WORDS: [search]}
    drops = [
        {
            "label": " + ".join(
                _chip(name, *by_name[name], presenter=presenter) if len(by_name[name]) == 1 else labels[name]
                for name in names
            ),
            "count": count,
            "url": _address([pair for pair in query if pair[0] not in names]),
        }
        for names, count in sorted(found.without.items(), key=lambda pair: -pair[1])[:DROPS]
    ]
    return {
        "lists": [each for each in filters if each["name"] in LISTS],
        "checks": [each for each in filters if each["name"] not in LISTS and each["options"]],
        "chips": chips,
        "drops": drops,
        "here": _address(query),
        "clear": _address([pair for pair in query if pair[0] == "show"]),
    }


def _labels() -> dict[str, str]:
    return {
        "condition": _("Disorder"),
        "region": _("Works on"),
        "muscle": _("Muscle"),
        "prop": _("Needs"),
        "aim": _("Aim"),
        "position": _("Position"),
        "helper": _("Helper"),
        "setting": _("Where"),
        "benefit": _("Helps with"),
        "origin": _("Written by"),
        WORDS: _("Words"),
    }


def _filter(
    name: str, label: str, values: Any, presenter: Presenter, found: Found, chosen: Sequence[str]
) -> dict[str, Any]:
    counts = found.counts[name]
    options = [
        {
            "value": value,
            "label": presenter.value(name, value),
            "count": counts[value],
            "chosen": value in chosen,
            "family": presenter.known.conditions[value]["family"] if name == "condition" else None,
        }
        for value in values
        if counts[value] or value in chosen
    ]
    if name == "origin" and len(options) < 2 and not chosen:
        options = []  # all of one kind: nothing to choose
    return {"name": name, "label": label, "options": options, "first": chosen[:1], "rest": chosen[1:]}


def _chip(name: str, value: str, *, presenter: Presenter) -> str:
    if name == WORDS:
        return pgettext("words searched for", "“%s”") % value
    if name == "prop" and value != "none":
        return _("With %s") % presenter.value(name, value).lower()
    return presenter.value(name, value)


def _address(query: Sequence[tuple[str, str]], without: tuple[str, str] | None = None) -> str:
    told = QueryDict(mutable=True)
    for name, value in query:
        if (name, value) != without:
            told.appendlist(name, value)
    return f"?{told.urlencode()}"
