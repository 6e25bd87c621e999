"""What patients are asked to agree to, in words. A changed wording gets a new version; what was agreed to keeps its own text."""

from dataclasses import dataclass
from typing import Any

from django.utils import translation
from django.utils.translation import gettext_lazy as _

from patients.models import Consent, ConsentKind


@dataclass(frozen=True, slots=True)
class Wording:
    version: str
    text: Any  # translated when shown; kept as it was shown


CURRENT = {
    ConsentKind.CARE: Wording(
        "1",
        _(
            "The clinic keeps a record of my treatment and uses it to treat me. I may see it, and I may take this back."
            " What the law wants kept is kept."
        ),
    ),
    ConsentKind.REMINDERS: Wording(
        "1",
        _(
            "The clinic writes to my phone or my e-mail about visits and exercises. A message carries at most my first name,"
            " and nothing about my illness."
        ),
    ),
    ConsentKind.DATA_SHARING: Wording(
        "1", _("The clinic writes to the doctor who sent me, about my treatment and how it goes.")
    ),
}


def said_in(kind: ConsentKind, language: str) -> str:
    """Return what is asked today in the language of whoever is asked."""
    with translation.override(language):
        return str(CURRENT[kind].text)


def wording_of(row: Consent) -> str:
    """Return the words that were agreed to; those of the first version were not kept beside each yes at first."""
    current = CURRENT[ConsentKind(row.kind)]
    return row.text or (str(current.text) if row.text_version == current.version else "")


def is_current(row: Consent) -> bool:
    return row.text_version == CURRENT[ConsentKind(row.kind)].version
