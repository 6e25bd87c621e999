"""What the clinic does with its calendar: book, move, receive, cancel; series; what is free; what can be booked."""

from scheduling.services.booking import book, move, restore
from scheduling.services.closures import close, reopen, visits_within
from scheduling.services.free import ANY, availability
from scheduling.services.refusals import Conflict, WrongState
from scheduling.services.resources import create_resource, update_resource
from scheduling.services.series import Planned, book_series, plan_series
from scheduling.services.steps import STEPS, cancel, check_in, complete, confirm, no_show, start

__all__ = [
    "ANY",
    "STEPS",
    "Conflict",
    "Planned",
    "WrongState",
    "availability",
    "book",
    "book_series",
    "cancel",
    "check_in",
    "close",
    "complete",
    "confirm",
    "create_resource",
    "move",
    "no_show",
    "plan_series",
    "reopen",
    "restore",
    "start",
    "update_resource",
    "visits_within",
]
