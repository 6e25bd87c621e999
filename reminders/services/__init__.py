"""Promises: making them, keeping them, looking after them."""

from reminders.services.delivery import BATCH, LEASE, claim, deliver
from reminders.services.keeping import reconcile, retry
from reminders.services.promises import (
    ABOUT_TO_COME,
    channel_for,
    promise_anew,
    promise_exercises,
    promise_invitation,
    promise_next_sessions,
    promise_visits,
    take_back,
)

__all__ = [
    "ABOUT_TO_COME",
    "BATCH",
    "LEASE",
    "channel_for",
    "claim",
    "deliver",
    "promise_anew",
    "promise_exercises",
    "promise_invitation",
    "promise_next_sessions",
    "promise_visits",
    "reconcile",
    "retry",
    "take_back",
]
