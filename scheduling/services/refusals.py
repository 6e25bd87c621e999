"""How the services of scheduling refuse: rules broken (409), and faults at the field (400)."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import DatabaseError, transaction
from django.utils.translation import gettext_lazy as _

from clinic.errors import RuleBroken
from patients.services import Archived

__all__ = ["UNKNOWN", "Archived", "Conflict", "Taken", "WrongState", "unless_taken"]

LOST = {"23P01", "40P01"}  # an exclusion constraint held; the deadlock detector chose us

UNKNOWN = {
    "patient": _("There is no such patient."),
    "type": _("There is no such kind of visit."),
    "plan": _("This patient has no such plan."),
    "resources": _("There is nothing of this kind to book."),
}


class Conflict(RuleBroken):
    """Something is booked already: with `conflicts` and `alternatives`, or, of a series, with `occurrences`."""

    code = "conflict"


class WrongState(RuleBroken):
    """This cannot be done with a visit in its state."""

    code = "state"


class Taken(Exception):
    """A place is not free: said inside a service, which then looks for what is."""


@contextmanager
def unless_taken() -> Iterator[None]:
    """Run the block in a savepoint. A race lost in the database is Taken; either way the locks of the block are let go."""
    try:
        with transaction.atomic():
            yield
    except DatabaseError as refused:
        if getattr(refused.__cause__, "pgcode", None) in LOST:
            raise Taken from None
        raise
