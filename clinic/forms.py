"""What forms of several apps share: refusals of the services beside the fields that were typed."""

import zoneinfo
from collections.abc import Iterable, Mapping
from datetime import date, time
from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.utils.dates import WEEKDAYS_ABBR
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clinic.errors import RuleBroken
from clinic.models import Clinic, Membership
from clinic.models.people import STAFF_ROLES
from clinic.services import SETTINGS


class DateInput(forms.DateInput):
    """A day, by the browser's own calendar."""

    input_type = "date"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs, format="%Y-%m-%d")


class TimeInput(forms.TimeInput):
    """A time of day, by the browser's own clock."""

    input_type = "time"

    def __init__(self) -> None:
        super().__init__(attrs={"step": 300}, format="%H:%M")


def refuse_at_fields(form: forms.Form, refused: Any) -> None:
    """Put what a service refused at the form's fields, and the rest above the form.

    `refused` is a ValidationError, its detail, nested or not, or a RuleBroken, which is about no field.
    """
    detail = str(refused) if isinstance(refused, RuleBroken) else getattr(refused, "detail", refused)
    if not isinstance(detail, Mapping):
        detail = {"": detail}
    for name, found in detail.items():
        form.add_error(name if name in form.fields else None, list(_sentences(found)))


def _sentences(found: Any) -> Iterable[str]:
    if isinstance(found, Mapping):
        found = list(found.values())
    if isinstance(found, list | tuple):
        for each in found:
            yield from _sentences(each)
    else:
        yield str(found)


# --- staff ----------------------------------------------------------------------------------------------------------
class RolesForm(forms.Form):
    """What somebody may do here, and how they are addressed."""

    title = forms.CharField(
        label=gettext_lazy("Title"),
        max_length=30,
        required=False,
        help_text=gettext_lazy("Before the name, such as Dr."),
    )
    roles = forms.MultipleChoiceField(
        label=gettext_lazy("Roles"),
        choices=[(role.value, role.label) for role in STAFF_ROLES],
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": gettext_lazy("Choose one role or more.")},
    )


class MemberForm(RolesForm):
    """Somebody new on the staff."""

    name = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=150,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": gettext_lazy("Enter their name.")},
    )
    email = forms.EmailField(
        label=gettext_lazy("E-mail"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
        error_messages={"required": gettext_lazy("Enter their e-mail address.")},
        help_text=gettext_lazy("They sign in with it. A message there lets them choose a password."),
    )

    field_order = ["title", "name", "email", "roles"]


class ActivityForm(forms.Form):
    """By whom, and on which day."""

    user = forms.ChoiceField(label=gettext_lazy("Who"), required=False)
    day = forms.DateField(
        label=gettext_lazy("Day"),
        required=False,
        widget=DateInput,
        validators=[MinValueValidator(date(2000, 1, 1)), MaxValueValidator(date(2999, 12, 31))],
    )

    def __init__(self, *args: Any, staff: Iterable[Membership], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        everybody = [("", gettext_lazy("Everybody"))]
        self.fields["user"].choices = everybody + [(str(each.user_id), str(each)) for each in staff]


# --- settings -------------------------------------------------------------------------------------------------------
PARTS = (1, 2)  # stretches of a day: before and after a break
SHORT_NUMBER = RegexValidator(
    r"^\+?[0-9][0-9 -]{1,18}$", gettext_lazy("Enter a number to dial, such as 112.")
)


def zones() -> list[tuple[str, str]]:
    """Return the time zones that are named after a place."""
    places = (name for name in zoneinfo.available_timezones() if "/" in name and not name.startswith("Etc/"))
    return [(name, name.replace("_", " ")) for name in ("UTC", *sorted(places))]


class ClinicForm(forms.ModelForm):
    """The clinic's settings, its week in two stretches a day."""

    address = forms.CharField(
        label=gettext_lazy("Address"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    emergency_number = forms.CharField(
        label=gettext_lazy("Emergency number"), max_length=20, validators=[SHORT_NUMBER]
    )
    crisis_line = forms.CharField(
        label=gettext_lazy("Crisis line"), max_length=20, required=False, validators=[SHORT_NUMBER]
    )
    timezone = forms.ChoiceField(label=gettext_lazy("Time zone"), choices=zones)

    class Meta:
        model = Clinic
        fields = [name for name in SETTINGS if name != "hours"]
        labels = {"cancel_notice_hours": gettext_lazy("Cancel until")}
        help_texts = {
            "cancel_notice_hours": gettext_lazy("Hours before a visit; later than that, patients call."),
            "quiet_from": gettext_lazy("Messages of these hours wait until they are over."),
        }
        widgets = {"quiet_from": TimeInput(), "quiet_until": TimeInput()}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in [
            f"{edge}-{day}-{part}" for day in range(1, 8) for part in PARTS for edge in ("from", "to")
        ]:
            self.fields[name] = forms.TimeField(required=False, widget=TimeInput())
        self.initial |= _as_typed(self.instance.hours)

    def clean(self) -> None:
        for day in range(1, 8):
            before = None
            for part in PARTS:
                start, end = (self.cleaned_data.get(f"{edge}-{day}-{part}") for edge in ("from", "to"))
                name = f"to-{day}-{part}"
                if any(f"{edge}-{day}-{part}" in self.errors for edge in ("from", "to")):
                    continue
                if (start is None) != (end is None):
                    self.add_error(name, _("Give both times, or neither."))
                elif start and end and end <= start:
                    self.add_error(name, _("This ends before it begins."))
                elif start and before and start < before:
                    self.add_error(name, _("This begins before the first part ends."))
                before = end or before

    @property
    def told(self) -> dict[str, Any]:
        """What was typed, as the service takes it."""
        hours = [
            {"weekday": day, "start": f"{start:%H:%M}", "end": f"{end:%H:%M}"}
            for day in range(1, 8)
            for part in PARTS
            if (start := self.cleaned_data[f"from-{day}-{part}"])
            and (end := self.cleaned_data[f"to-{day}-{part}"])
        ]
        return {name: self.cleaned_data[name] for name in self.Meta.fields} | {"hours": hours}

    def week(self) -> list[dict[str, Any]]:
        """Return the rows of the week: the day, its fields in pairs, what is wrong with them."""
        rows = []
        for day in range(1, 8):
            parts = [(self[f"from-{day}-{part}"], self[f"to-{day}-{part}"]) for part in PARTS]
            errors = [error for pair in parts for field in pair for error in field.errors]
            rows.append({"day": WEEKDAYS_ABBR[day - 1], "parts": parts, "errors": errors})
        return rows


def _as_typed(hours: Iterable[Mapping[str, Any]]) -> dict[str, time]:
    """Return a kept week as the fields of the form; a third stretch of a day joins the second."""
    found: dict[str, time] = {}
    count: dict[int, int] = {}
    for each in sorted(hours, key=lambda each: (each["weekday"], each["start"])):
        day = each["weekday"]
        count[day] = min(count.get(day, 0) + 1, len(PARTS))
        found.setdefault(f"from-{day}-{count[day]}", time.fromisoformat(each["start"]))
        found[f"to-{day}-{count[day]}"] = time.fromisoformat(each["end"])
    return found
