"""Phone numbers: any national form in, E.164 out."""

from functools import lru_cache

import phonenumbers
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _


def to_e164(text: str, country: str) -> str:
    """Return `text` as E.164 ("+919830012345"), read as a number of `country` (ISO 3166, "IN") unless it has a +.

    Raises ValidationError with a sentence for the person who typed it.
    """
    try:
        number = phonenumbers.parse(text, country)
    except phonenumbers.NumberParseException:
        raise ValidationError(_("Enter a phone number."), code="phone") from None
    if not phonenumbers.is_possible_number(number):
        raise ValidationError(_("This phone number has too few or too many digits."), code="phone")
    if not phonenumbers.is_valid_number(number):
        raise ValidationError(_("This phone number does not exist. Check the digits."), code="phone")
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


@lru_cache(maxsize=4096)
def national(e164: str) -> str:
    """Return a stored number as people of its country write it; what cannot be read comes back as it is."""
    try:
        number = phonenumbers.parse(e164)
    except phonenumbers.NumberParseException:
        return e164
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.NATIONAL)
