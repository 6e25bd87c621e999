"""What is typed to book a visit, to move one, to plan a series and to keep resources; read into what the services take."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, time
from typing import Any, ClassVar
from uuid import UUID

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from careplans.sessions import instant
from clinic.access import Access
from scheduling.models import AppointmentType, Kind, Resource
from scheduling.services import ANY

NOBODY = {
    Kind.THERAPIST: gettext_lazy("No therapist"),
    Kind.ROOM: gettext_lazy("No room"),
    Kind.DEVICE: gettext_lazy("No device"),
}
ANYONE = {
    Kind.THERAPIST: gettext_lazy("First free therapist"),
    Kind.ROOM: gettext_lazy("Any room"),
    Kind.DEVICE: gettext_lazy("Any device"),
}
MOST_VISITS = 60
YEARS = (date(2000, 1, 1), date(2999, 12, 31))


class TimeInput(forms.TimeInput):
    input_type = "time"

    def __init__(self) -> None:
        super().__init__(attrs={"step": 300}, format="%H:%M")


class DateInput(forms.DateInput):
    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class DayField(forms.DateField):
    """A day that a calendar can show: the first and last years of the calendar overflow in some zone."""

    widget = DateInput

    default_validators: ClassVar[list[Any]] = [
        validator(limit, gettext_lazy("Choose today or a later day, not too far ahead."))
        for validator, limit in ((MinValueValidator, YEARS[0]), (MaxValueValidator, YEARS[-1]))
    ]


class TimeField(forms.TimeField):
    widget = TimeInput
    default_error_messages: ClassVar[dict[str, Any]] = {"required": gettext_lazy("Choose a time.")}


class Places(forms.Form):
    """With whom and where: one choice for each kind of resource."""

    therapist = forms.ChoiceField(label=gettext_lazy("Therapist"), required=False)
    room = forms.ChoiceField(label=gettext_lazy("Room"), required=False)
    device = forms.ChoiceField(label=gettext_lazy("Device"), required=False)

    any_of: tuple[Kind, ...] = ()  # kinds of which any may be asked for

    def __init__(self, *args: Any, resources: Iterable[Resource], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.resources = list(resources)
        for kind in Kind:
            offered = [(str(each.pk), each.name) for each in self.resources if each.kind == kind]
            first = [("", NOBODY[kind])]
            if kind in self.any_of and offered:
                first.append((ANY, ANYONE[kind]))
            self.fields[kind].choices = first + offered
            self.fields[kind].error_messages["invalid_choice"] = _("This is not in use any more.")

    def chosen(self) -> dict[Kind, UUID | str]:
        """Return what was chosen of each kind: a resource, ANY, or nothing."""
        data = self.cleaned_data
        return {
            kind: data[kind] if data[kind] == ANY else UUID(data[kind]) for kind in Kind if data.get(kind)
        }


class When(Places):
    """When, for how long, with whom and where."""

    date = DayField(label=gettext_lazy("Day"), error_messages={"required": gettext_lazy("Choose a day.")})
    time = TimeField(label=gettext_lazy("Time"))
    minutes = forms.IntegerField(
        label=gettext_lazy("Minutes"),
        required=False,
        min_value=5,
        max_value=480,
        widget=forms.NumberInput(attrs={"step": 5}),
    )
    override_hours_reason = forms.CharField(
        label=gettext_lazy("Why outside working hours"), required=False, max_length=300
    )

    field_order = ["date", "time", "minutes", "therapist", "room", "device", "override_hours_reason"]

    def start(self) -> datetime:
        return instant(self.cleaned_data["date"], self.cleaned_data["time"], timezone.get_current_timezone())


class Booking(When):
    """One visit of one patient."""

    any_of = tuple(Kind)

    patient = forms.UUIDField(
        label=gettext_lazy("Patient"),
        error_messages={"required": gettext_lazy("Find the patient, and choose them.")},
    )
    type = forms.ChoiceField(label=gettext_lazy("What for"))

    field_order = ["patient", "type", *When.field_order]

    def __init__(self, *args: Any, types: Iterable[AppointmentType], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.types = list(types)
        self.fields["type"].choices = type_choices(self.types)


class SeriesPattern(Places):
    """Visits on certain days of the week, at one time."""

    any_of = tuple(Kind)

    patient = forms.UUIDField(
        label=gettext_lazy("Patient"),
        error_messages={"required": gettext_lazy("Find the patient, and choose them.")},
    )
    type = forms.ChoiceField(label=gettext_lazy("What for"))
    first_date = DayField(
        label=gettext_lazy("From"), error_messages={"required": gettext_lazy("Choose a day.")}
    )
    weekdays = forms.TypedMultipleChoiceField(
        label=gettext_lazy("Days"),
        coerce=int,
        choices=[
            (1, gettext_lazy("Mon")),
            (2, gettext_lazy("Tue")),
            (3, gettext_lazy("Wed")),
            (4, gettext_lazy("Thu")),
            (5, gettext_lazy("Fri")),
            (6, gettext_lazy("Sat")),
            (7, gettext_lazy("Sun")),
        ],
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": gettext_lazy("Choose one day or more.")},
    )
    time = TimeField(label=gettext_lazy("Time"))
    count = forms.IntegerField(
        label=gettext_lazy("Visits"),
        min_value=1,
        max_value=MOST_VISITS,
        error_messages={"required": gettext_lazy("Say how many.")},
    )
    minutes = forms.IntegerField(
        label=gettext_lazy("Minutes"),
        required=False,
        min_value=5,
        max_value=480,
        widget=forms.NumberInput(attrs={"step": 5}),
    )

    field_order = [
        "patient",
        "type",
        "weekdays",
        "time",
        "first_date",
        "count",
        "minutes",
        "therapist",
        "room",
        "device",
    ]

    def __init__(self, *args: Any, types: Iterable[AppointmentType], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["type"].choices = type_choices(types)


class Reason(forms.Form):
    reason = forms.CharField(
        max_length=300, error_messages={"required": gettext_lazy("Say why, in a few words.")}
    )


def type_choices(types: Iterable[AppointmentType]) -> list[tuple[str, str]]:
    return [
        (str(each.pk), _("%(name)s, %(minutes)d min") % {"name": each.name, "minutes": each.minutes})
        for each in types
    ]


def refuse(form: forms.Form, detail: Any) -> None:
    """Put what a service refuses beside the fields: of the start at the time, of the resources at their kind."""
    for name, said in detail.items() if isinstance(detail, Mapping) else [("", detail)]:
        at = {"start": "time"}.get(name, name)
        for sentence in dict.fromkeys(_sentences(said)):
            form.add_error(
                at if at in form.fields else ("therapist" if at == "resources" else None), sentence
            )


def _sentences(said: Any) -> list[str]:
    if isinstance(said, Mapping):
        said = said.values()
    elif isinstance(said, str):
        return [str(said)]
    return [sentence for each in said for sentence in _sentences(each)]


def bookable(who: Access) -> list[Resource]:
    return list(Resource.objects.for_clinic(who).bookable().order_by("kind", "name"))


def types_of(who: Access) -> list[AppointmentType]:
    return list(AppointmentType.objects.for_clinic(who).filter(active=True).order_by("name"))


# --- hours ----------------------------------------------------------------------------------------------------------------
PARTS = (1, 2)  # stretches a day: before and after a break


class ResourceForm(forms.Form):
    """A therapist, room or device with its week."""

    kind = forms.ChoiceField(label=gettext_lazy("Kind"), choices=Kind.choices, widget=forms.RadioSelect)
    name = forms.CharField(label=gettext_lazy("Name"), max_length=100)
    short_name = forms.CharField(
        label=gettext_lazy("Short name"),
        max_length=12,
        required=False,
        help_text=gettext_lazy("For the calendar, such as R2."),
    )
    capacity = forms.IntegerField(label=gettext_lazy("People at once"), min_value=1, max_value=50, initial=1)
    user = forms.ChoiceField(
        label=gettext_lazy("Who it is"), required=False, help_text=gettext_lazy("For a therapist only.")
    )
    own_hours = forms.BooleanField(label=gettext_lazy("Own hours"), required=False)
    active = forms.BooleanField(label=gettext_lazy("In use"), required=False, initial=True)

    def __init__(self, *args: Any, people: Iterable[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["user"].choices = [("", _("Nobody on the staff")), *people]
        for name in hour_names():
            self.fields[name] = forms.TimeField(required=False, widget=TimeInput())

    def clean(self) -> None:
        for weekday in range(1, 8):
            before = None
            for part in PARTS:
                start, end = (self.cleaned_data.get(f"{edge}-{weekday}-{part}") for edge in ("from", "to"))
                name = f"to-{weekday}-{part}"
                if (start is None) != (end is None):
                    self.add_error(name, _("Give both times, or neither."))
                elif start and end and end <= start:
                    self.add_error(name, _("This ends before it begins."))
                elif start and before and start < before:
                    self.add_error(name, _("This begins before the first part ends."))
                before = end or before

    def hours(self) -> list[dict[str, Any]] | None:
        """Return the week as it is kept; None where the clinic's own hours hold."""
        if not self.cleaned_data["own_hours"]:
            return None
        found = []
        for weekday in range(1, 8):
            for part in PARTS:
                start, end = (self.cleaned_data[f"{edge}-{weekday}-{part}"] for edge in ("from", "to"))
                if start and end:
                    found.append({"weekday": weekday, "start": f"{start:%H:%M}", "end": f"{end:%H:%M}"})
        return found

    def week(self) -> list[dict[str, Any]]:
        """Return the rows of the table of hours: the day, and its fields in pairs."""
        return [
            {
                "weekday": weekday,
                "parts": [(self[f"from-{weekday}-{part}"], self[f"to-{weekday}-{part}"]) for part in PARTS],
                "errors": [
                    error
                    for part in PARTS
                    for edge in ("from", "to")
                    for error in self[f"{edge}-{weekday}-{part}"].errors
                ],
            }
            for weekday in range(1, 8)
        ]


def hour_names() -> list[str]:
    return [
        f"{edge}-{weekday}-{part}" for weekday in range(1, 8) for part in PARTS for edge in ("from", "to")
    ]


def as_typed(hours: Iterable[Mapping[str, Any]]) -> dict[str, time]:
    """Return a kept week as the fields of the form; a third stretch of a day joins the second."""
    found: dict[str, time] = {}
    count: dict[int, int] = {}
    for each in sorted(hours, key=lambda each: (each["weekday"], each["start"])):
        weekday = each["weekday"]
        count[weekday] = min(count.get(weekday, 0) + 1, len(PARTS))
        found.setdefault(f"from-{weekday}-{count[weekday]}", time.fromisoformat(each["start"]))
        found[f"to-{weekday}-{count[weekday]}"] = time.fromisoformat(each["end"])
    return found
