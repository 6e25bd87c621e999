"""What the desk reads about a message: what it is about, and why it was not sent. Never its text."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from reminders.models import Kind, Reminder, State

ABOUT = {
    "booked": gettext_lazy("A visit was booked"),
    "series": gettext_lazy("A series was booked"),
    "moved": gettext_lazy("A visit has moved"),
    "cancelled": gettext_lazy("A visit was cancelled"),
    "invited": gettext_lazy("Invitation to the portal"),
}
WHY = {
    "too late": gettext_lazy("Its time had passed"),
    "no longer a patient": gettext_lazy("No longer a patient"),
    "no consent": gettext_lazy("No consent to reminders"),
    "visit not to come": gettext_lazy("The visit is not to come"),
    "visit has moved": gettext_lazy("The visit has moved"),
    "plan not running": gettext_lazy("The plan is not running"),
    "not wanted": gettext_lazy("Turned off by the patient"),
    "already done": gettext_lazy("Already done"),
    "quiet hours": gettext_lazy("It fell into quiet hours"),
    "no e-mail address": gettext_lazy("There is no e-mail address"),
    "no phone number": gettext_lazy("There is no phone number"),
    "no SMS provider is set (TONUS_SMS_URL)": gettext_lazy("No SMS provider is set up"),
}


def about(row: Reminder) -> str:
    """Return what a message is about."""
    said = ABOUT.get(row.facts.get("about", ""))
    if said is None and row.kind == Kind.APPOINTMENT:
        return _("2 hours before") if row.occurrence.startswith("2h:") else _("The day before")
    return str(said or row.get_kind_display())


def why(row: Reminder) -> str:
    """Return why a message was not sent, or not yet; "" where there is nothing to say."""
    if not row.last_error:
        return ""
    if said := WHY.get(row.last_error):
        return str(said)
    if "refused" in row.last_error:
        return _("The address was refused")
    if row.state == State.PENDING:
        return _("Not reached yet, it is tried again")
    return _("The mail or SMS server could not be reached")
