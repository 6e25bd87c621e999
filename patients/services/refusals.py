"""How the services of patients refuse: rules broken (409), and faults at the field (400)."""

from collections.abc import Callable
from typing import Any, NoReturn

from django.core.exceptions import ValidationError as DjangoValidationError
from django.utils.translation import gettext as _
from rest_framework.fields import get_error_detail
from rest_framework.serializers import ValidationError

from clinic.errors import RuleBroken
from patients.models import Patient


class Archived(RuleBroken):
    """The patient is archived or has died."""

    code = "archived"


class Voided(RuleBroken):
    """The entry was struck through."""

    code = "voided"


class Ended(RuleBroken):
    """The flag had ended already."""

    code = "ended"


def unless_merged(patient: Patient) -> None:
    """Raise Archived for a record that was merged into another: nothing is written there any more."""
    if patient.merged_into_id:
        raise Archived(_("This record was merged into another one. Use that."))


def refuse(field: str, *sentences: str) -> NoReturn:
    """Raise the fault at a field."""
    raise ValidationError({field: list(sentences)})


def at(field: str, check: Callable, *args: Any) -> Any:
    """Return what `check` returns, and raise what it refuses at `field`."""
    try:
        return check(*args)
    except DjangoValidationError as refused:
        raise ValidationError({field: get_error_detail(refused)}) from None
