"""What may stand in a patient's record: days, zones, short texts. Plain checks; each raises Django's ValidationError."""

import re
import zoneinfo
from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

EARLIEST = date(1900, 1, 1)
OLDEST = 130  # years
MOST_KEYS, KEY_LENGTH, TEXT_LENGTH = 12, 40, 200
MOST = 1e12  # no number about a patient is larger, and infinity is none

ICD10 = re.compile(r"[A-Z][0-9][0-9A-Z](\.[0-9A-Z]{1,4})?")
_LEVEL = r"(?:C[1-8]|T(?:1[0-2]|[1-9])|L[1-5]|S[1-5])"
LEVEL = re.compile(rf"{_LEVEL}(?:-{_LEVEL})?|S4-5")


def past_day(day: date | None, today: date | None = None) -> date | None:
    """Refuse days still to come in the clinic's zone, and those before 1900."""
    if day is None:
        return None
    if day > (today or timezone.localdate()):
        raise ValidationError(_("This day is still to come."))
    if day < EARLIEST:
        raise ValidationError(_("Give a day in 1900 or later."))
    return day


@lru_cache(maxsize=1)
def zones() -> frozenset[str]:
    return frozenset(zoneinfo.available_timezones())


def zone(name: str) -> str:
    if name and name not in zones():
        raise ValidationError(_("Choose a time zone such as Asia/Kolkata."))
    return name


def short_texts(texts: Mapping[str, Any]) -> Mapping[str, Any]:
    """Refuse an address or the like with too many parts, or with long names of them."""
    if len(texts) > MOST_KEYS:
        raise ValidationError(_("Use at most %d parts.") % MOST_KEYS)
    if any(not key or len(key) > KEY_LENGTH for key in texts):
        raise ValidationError(_("The name of a part has 1 to %d characters.") % KEY_LENGTH)
    return texts


def icd10(code: str) -> str:
    """Return an ICD-10 code in capital letters, refusing what has not the form of one."""
    code = code.strip().upper()
    if code and not ICD10.fullmatch(code):
        raise ValidationError(_("Give a code such as G35 or M54.1."))
    return code


def level(text: str) -> str:
    """Return a spinal level such as L5, or two such as L5-S1, in capital letters."""
    told = re.sub(r"\s*[-–/]\s*", "-", text.strip().upper())
    if told and not LEVEL.fullmatch(told):
        raise ValidationError(_("Give a level such as C6, T12 or L5-S1."))
    return told


def qualifiers(told: Mapping[str, Any], known: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """Return the qualifiers of a diagnosis: plain values, each as its family's catalogue entry (`known`, by id) asks.

    A name the family does not know is kept as it is; null and blank are not told. Raises ValidationError by name.
    """
    if len(told) > MOST_KEYS:
        raise ValidationError({"detail": [_("Use at most %d parts.") % MOST_KEYS]})
    faults, kept = {}, {}
    for name, value in told.items():
        try:
            if (
                found := _qualifier(name, value, known.get({"ais": "ais-grade"}.get(name, name)))
            ) is not None:
                kept[name] = found
        except ValidationError as refused:
            faults[name[:KEY_LENGTH]] = refused.messages
    if faults:
        raise ValidationError(faults)
    return kept


def _qualifier(name: str, value: Any, entry: Mapping[str, Any] | None) -> Any:
    if not name or len(name) > KEY_LENGTH:
        raise ValidationError(_("The name of a part has 1 to %d characters.") % KEY_LENGTH)
    if value is None or value == "":
        return None
    is_short = isinstance(value, str) and len(value) <= TEXT_LENGTH
    if not is_short and not (isinstance(value, int | float) and abs(value) < MOST):
        raise ValidationError(_("Give a short text or a number."))
    if entry is None:
        return value
    if entry["type"] == "choice" and value not in entry["choices"]:
        raise ValidationError(_("Choose one of: %s.") % ", ".join(entry["choices"]))
    if entry["type"] == "number" and (
        isinstance(value, bool | str) or not entry["min"] <= value <= entry["max"]
    ):
        raise ValidationError(
            _("Give a number from %(min)s to %(max)s.") % {"min": entry["min"], "max": entry["max"]}
        )
    if entry["type"] == "date":
        try:
            past_day(date.fromisoformat(value if isinstance(value, str) else ""))
        except ValueError:
            raise ValidationError(_("Give a day as year-month-day.")) from None
    return value
