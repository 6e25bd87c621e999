"""What is typed about a patient: who they are, diagnoses, safety flags. Read into what the services take."""

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from catalogue import coding
from catalogue.knowledge import knowledge
from clinic.forms import DateInput
from clinic.models import LANGUAGES, Membership
from clinic.phones import national, to_e164
from patients import agreements, rules, wording
from patients.models import (
    ConsentKind,
    DiagnosisStatus,
    DrugClass,
    OutsideKind,
    Patient,
    PhoneOwner,
    Sex,
    Side,
)
from patients.services import diagnoses

INSIDE = {
    "address": "address_",
    "emergency_contact": "contact_",
}  # short texts by name: how their fields begin
ASKED = "asked-"  # before the id of a qualifier, in the name of its field


def _consent(kind: ConsentKind) -> forms.BooleanField:
    return forms.BooleanField(label=kind.label, required=False, help_text=agreements.CURRENT[kind].text)


class PatientForm(forms.Form):
    """Who somebody is. A given name and one way to reach them are enough."""

    given_name = forms.CharField(
        label=gettext_lazy("Given name"),
        max_length=100,
        help_text=gettext_lazy("As they say it. Any script."),
        error_messages={"required": gettext_lazy("Enter their name, as they say it.")},
    )
    family_name = forms.CharField(label=gettext_lazy("Family name"), max_length=100, required=False)
    phone = forms.CharField(
        label=gettext_lazy("Phone"),
        max_length=40,
        required=False,
        widget=forms.TextInput({"type": "tel", "inputmode": "tel"}),
    )
    phone_owner = forms.ChoiceField(
        label=gettext_lazy("Whose phone is it?"),
        choices=PhoneOwner.choices,
        widget=forms.RadioSelect,
        help_text=gettext_lazy("Messages to a shared phone name nobody."),
    )
    email = forms.EmailField(
        label=gettext_lazy("E-mail"),
        max_length=254,
        required=False,
        error_messages={"invalid": gettext_lazy("Enter an address such as ruma@example.org.")},
    )
    date_of_birth = forms.DateField(
        label=gettext_lazy("Date of birth"),
        required=False,
        widget=DateInput,
        error_messages={"invalid": gettext_lazy("Enter a day, a month and a year, or the age alone.")},
    )
    age = forms.IntegerField(
        label=gettext_lazy("or age"),
        min_value=0,
        max_value=rules.OLDEST,
        required=False,
        widget=forms.TextInput({"inputmode": "numeric"}),
        error_messages=dict.fromkeys(
            ("invalid", "min_value", "max_value"), gettext_lazy("Enter an age from 0 to 130.")
        ),
    )
    sex = forms.ChoiceField(label=gettext_lazy("Sex"), choices=Sex.choices, widget=forms.RadioSelect)
    language = forms.ChoiceField(
        label=gettext_lazy("Language for messages and exercises"), choices=LANGUAGES, widget=forms.RadioSelect
    )
    reason = forms.CharField(label=gettext_lazy("In their words"), max_length=300, required=False)
    referred_by = forms.CharField(label=gettext_lazy("Sent by"), max_length=150, required=False)
    therapist = forms.ChoiceField(label=gettext_lazy("To see"), required=False)
    address_line1 = forms.CharField(label=gettext_lazy("Street and house"), max_length=150, required=False)
    address_city = forms.CharField(label=gettext_lazy("Town or village"), max_length=150, required=False)
    address_postal_code = forms.CharField(label=gettext_lazy("Postal code"), max_length=20, required=False)
    contact_name = forms.CharField(label=gettext_lazy("Whom to call"), max_length=150, required=False)
    contact_phone = forms.CharField(
        label=gettext_lazy("Their phone"),
        max_length=40,
        required=False,
        widget=forms.TextInput({"type": "tel", "inputmode": "tel"}),
    )
    care = _consent(ConsentKind.CARE)
    reminders = _consent(ConsentKind.REMINDERS)
    data_sharing = _consent(ConsentKind.DATA_SHARING)

    def __init__(
        self, *args: Any, country: str, therapists: Iterable[Membership] = (), **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.country = country
        self.fields["therapist"].choices = [
            ("", pgettext_lazy("a therapist", "First who is free")),
            *((str(each.pk), str(each)) for each in therapists),
        ]

    def clean_phone(self) -> str:
        typed = self.cleaned_data["phone"]
        return to_e164(typed, self.country) if typed else ""

    def clean_contact_phone(self) -> str:
        typed = self.cleaned_data["contact_phone"]
        if typed and typed == self.initial.get("contact_phone"):  # as it is on record, perhaps with words
            return typed if _is_no_number(typed, self.country) else to_e164(typed, self.country)
        return to_e164(typed, self.country) if typed else ""

    def clean_date_of_birth(self) -> date | None:
        return rules.past_day(self.cleaned_data["date_of_birth"])

    def clean(self) -> None:
        reached = self.cleaned_data.get("phone") or self.cleaned_data.get("email")
        if not reached and not {"phone", "email"} & set(self.errors):
            self.add_error("phone", _("Give a phone number or an e-mail address."))
        born, age = self.cleaned_data.get("date_of_birth"), self.cleaned_data.get("age")
        if born and age is not None and age != Patient(date_of_birth=born).age():
            self.add_error(
                "age", _("This is not the age of somebody born on that day. Leave one of them out.")
            )

    @property
    def consents(self) -> dict[str, bool]:
        return {kind: self.cleaned_data[kind] for kind in ConsentKind.values}

    @property
    def therapist_id(self) -> UUID | None:
        return UUID(self.cleaned_data["therapist"]) if self.cleaned_data["therapist"] else None

    @property
    def told(self) -> dict[str, Any]:
        """What the service takes. An age beside a birth date says nothing more."""
        age = () if self.cleaned_data["date_of_birth"] is None else ("age",)
        left_out = {"therapist", *ConsentKind.values, *age}
        return self._shaped(
            {name: value for name, value in self.cleaned_data.items() if name not in left_out}
        )

    def _shaped(self, flat: Mapping[str, Any]) -> dict[str, Any]:
        """Put address and contact together; what else is on record of them stays."""
        told = dict(flat)
        for whole, start in INSIDE.items():
            parts = {name: told.pop(name) for name in flat if name.startswith(start)}
            if parts:
                known = self.initial.get(whole) or {}
                both = known | {name.removeprefix(start): value for name, value in parts.items()}
                told[whole] = {name: value for name, value in both.items() if value}
        return told

    @property
    def told_so_far(self) -> dict[str, Any]:
        """What of a half-typed form describes somebody; what is not right yet is left out."""
        self.is_valid()
        names = ("given_name", "family_name", "phone", "email", "date_of_birth", "age", "sex")
        return {name: self.cleaned_data[name] for name in names if self.cleaned_data.get(name)}


class RecordForm(PatientForm):
    """The form of a record that is there: what was changed in it is told, and nothing else.

    Beside each field stands what was on record when the page was made (`was-…`). So two people may change one record at once;
    where both changed the same, the second is shown what the first wrote and saves again, or leaves it. `initial` is the
    record as it is now, under a lock.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.met: set[str] = set()  # fields that somebody else changed too

    def _now(self, name: str) -> str:
        value = self.initial.get(name)
        return "on" if value is True else "" if value in (None, False) else str(value)

    def _was(self, name: str) -> str:
        return self.data.get(f"was-{name}", self._now(name)) if self.is_bound else self._now(name)

    @property
    def was(self) -> list[tuple[str, str]]:
        """The hidden fields of the page; once somebody has seen what another wrote, that is what was."""
        return [(f"was-{name}", (self._now if name in self.met else self._was)(name)) for name in self.fields]

    @property
    def changed(self) -> list[str]:
        return [name for name in self.fields if self.data.get(name, "").strip() != self._was(name)]

    def clean(self) -> None:
        super().clean()
        for name in self.changed:
            now = self._now(name)
            if now not in (self._was(name), self.data.get(name, "").strip()):
                self.met.add(name)
                self.add_error(name, self._both_changed(name, now))

    def _both_changed(self, name: str, now: str) -> str:
        if isinstance(self.fields[name], forms.BooleanField):
            return _("Somebody else changed this meanwhile. Save again to keep what you chose.")
        value = self.initial[name]
        shown = date_format(value) if isinstance(value, date) else now
        shown = dict(getattr(self.fields[name], "choices", ())).get(now, shown) or _("(nothing)")
        return _("Somebody else changed this meanwhile, to: %s. Save again to keep what you typed.") % shown

    @property
    def consents(self) -> dict[str, bool]:
        return {kind: yes for kind, yes in super().consents.items() if kind in self.changed}

    @property
    def told(self) -> dict[str, Any]:
        age = () if self.cleaned_data["date_of_birth"] is None else ("age",)
        left_out = {"therapist", *ConsentKind.values, *age}
        return self._shaped({name: self.cleaned_data[name] for name in self.changed if name not in left_out})


def initial_of(patient: Patient, country: str) -> dict[str, Any]:
    """Return a record as its form shows it first; the patient is fetched `with_people()`."""
    agreed = {consent.kind for consent in patient.agreed}
    plain = ("given_name", "family_name", "phone", "phone_owner", "email", "date_of_birth", "sex", "language")
    leads = next(iter(patient.leads), None)
    return {
        **{name: getattr(patient, name) for name in (*plain, "reason", "referred_by")},
        "phone": _as_typed(patient.phone, country),
        "age": None if patient.date_of_birth else patient.age(),
        "therapist": str(leads.member_id) if leads else "",
        **{whole: getattr(patient, whole) for whole in INSIDE},
        **{
            f"{start}{name}": value
            for whole, start in INSIDE.items()
            for name, value in getattr(patient, whole).items()
        },
        "contact_phone": _as_typed(patient.emergency_contact.get("phone", ""), country),
        **{kind: kind in agreed for kind in ConsentKind.values},
    }


def _as_typed(phone: str, country: str) -> str:
    """Return a number as people of the clinic's country write it; one of elsewhere stays as it is."""
    short = national(phone)
    try:
        return short if phone and to_e164(short, country) == phone else phone
    except ValidationError:
        return phone


def _is_no_number(phone: str, country: str) -> bool:
    try:
        to_e164(phone, country)
    except ValidationError:
        return True
    return False


class ApartForm(forms.Form):
    """How one knows that somebody is not the person on record who looks alike."""

    why = forms.ChoiceField(
        label=gettext_lazy("Somebody else? Say how you know"),
        choices=[
            ("birth", gettext_lazy("Born on another day")),
            ("family", gettext_lazy("Family on one phone")),
            ("asked", gettext_lazy("They say so")),
            ("other", gettext_lazy("Something else")),
        ],
        widget=forms.RadioSelect,
        error_messages={
            "required": gettext_lazy("Open the record, or say how you know that it is somebody else.")
        },
    )
    words = forms.CharField(label=gettext_lazy("In your words"), max_length=200, required=False)

    def __init__(self, *args: Any, form_id: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            if form_id:  # it stands beside the form it is sent with
                field.widget.attrs["form"] = form_id

    def clean(self) -> None:
        if self.cleaned_data.get("why") == "other" and not self.cleaned_data.get("words"):
            self.add_error("words", _("Say it in a few words."))

    @property
    def reason(self) -> str:
        said, words = self.cleaned_data["why"], self.cleaned_data["words"]
        label = "" if said == "other" else str(dict(self.fields["why"].choices)[said])
        return ": ".join(part for part in (label, words) if part)


class MergeForm(forms.Form):
    """In which of the things that differ the other record is right, and why the two are one."""

    reason = forms.CharField(
        label=gettext_lazy("How do you know that they are one person?"),
        max_length=300,
        error_messages={
            "required": gettext_lazy("Say how you know: birth date and phone compared, an old card seen.")
        },
    )

    def __init__(self, differs: Iterable[str], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.differs = list(differs)
        for part in self.differs:
            self.fields[f"take-{part}"] = forms.ChoiceField(
                choices=[("mine", ""), ("theirs", "")], initial="mine"
            )

    @property
    def take(self) -> list[str]:
        return [part for part in self.differs if self.cleaned_data[f"take-{part}"] == "theirs"]


class DeathForm(forms.Form):
    died_on = forms.DateField(
        label=gettext_lazy("Died on"),
        widget=DateInput,
        error_messages={"required": gettext_lazy("Enter the day.")},
    )

    def clean_died_on(self) -> date | None:
        return rules.past_day(self.cleaned_data["died_on"])


# --- diagnoses ------------------------------------------------------------------------------------------------------------
def conditions() -> list[tuple[str, list[tuple[str, str]]]]:
    """Return the disorders of the catalogue, grouped by family."""
    known = knowledge()
    groups: dict[str, list[tuple[str, str]]] = {}
    for entry in known.conditions.current:
        family = known.family_of(entry["id"])
        groups.setdefault(family, [])
        if entry["id"] != family:
            groups[family].append((entry["id"], entry["name"]))
    return [
        (
            known.conditions[family]["name"],
            [*subtypes, (family, _("%s, kind not known") % known.conditions[family]["name"])],
        )
        for family, subtypes in groups.items()
    ]


class ConditionForm(forms.Form):
    """Which disorder: what else is asked depends on it."""

    condition = forms.ChoiceField(label=gettext_lazy("Disorder"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["condition"].choices = [("", _("Choose")), *conditions()]


class DiagnosisForm(forms.Form):
    """The rest of a diagnosis. Its family decides which questions are asked; none has to be answered."""

    icd10 = forms.CharField(
        label=gettext_lazy("ICD-10 code"),
        max_length=10,
        required=False,
        widget=forms.TextInput({"list": "usual-codes", "autocomplete": "off"}),
    )
    side = forms.ChoiceField(label=gettext_lazy("Side"), required=False, widget=forms.RadioSelect)
    level = forms.CharField(
        label=gettext_lazy("Level or root"),
        max_length=10,
        required=False,
        help_text=gettext_lazy("Such as C6, T12 or L5-S1."),
    )
    onset_date = forms.DateField(label=gettext_lazy("Began on"), required=False, widget=DateInput)
    status = forms.ChoiceField(
        label=gettext_lazy("State"), choices=DiagnosisStatus.choices, widget=forms.RadioSelect
    )

    def __init__(self, condition: str, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.entry = knowledge().conditions[condition]
        asks = diagnoses.asked_of(condition)
        for name in ("side", "level"):  # some disorders have neither
            if name not in asks and not self.initial.get(name):
                del self.fields[name]
        if "side" in self.fields:
            self.fields["side"].choices = [("", _("Not known")), *Side.choices]
        self.codes = list(self.entry.get("icd10", {}).get("who", []))
        self.asked = {
            name: entry
            for name, entry in diagnoses.qualifiers_of(condition).items()
            if name not in ("side", "neurological-level", "root-level", "onset-date")  # columns of their own
        }
        for name, entry in self.asked.items():
            self.fields[f"{ASKED}{name}"] = _question(entry)

    @property
    def questions(self) -> list[Any]:
        return [self[f"{ASKED}{name}"] for name in self.asked]

    @property
    def told(self) -> dict[str, Any]:
        data = self.cleaned_data
        asked = {name: _plain(data[f"{ASKED}{name}"]) for name in self.asked if data[f"{ASKED}{name}"]}
        return {
            **{name: data[name] for name in ("icd10", "level", "onset_date", "status") if name in data},
            **({"side": data["side"] or None} if "side" in data else {}),
            "qualifiers": asked,
        }

    def clean_icd10(self) -> str:
        code = rules.icd10(self.cleaned_data["icd10"])
        owners = [each.name for each in coding.find(code, knowledge(), most=200) if each.code == code]
        if code and code not in diagnoses.codes_of(self.entry) and owners:
            raise ValidationError(_("%(code)s is the code of: %(name)s.") % {"code": code, "name": owners[0]})
        return code

    def clean_level(self) -> str:
        return rules.level(self.cleaned_data["level"])

    def clean_onset_date(self) -> date | None:
        return rules.past_day(self.cleaned_data["onset_date"])


def _question(entry: Mapping[str, Any]) -> forms.Field:
    label = entry["name"]
    if entry["type"] == "choice":
        choices = [("", _("Not known")), *((each, wording.choice(each)) for each in entry["choices"])]
        return forms.ChoiceField(label=label, choices=choices, required=False)
    if entry["type"] == "number":
        return forms.FloatField(
            label=label,
            min_value=entry["min"],
            max_value=entry["max"],
            required=False,
            widget=forms.TextInput,
        )
    if entry["type"] == "date":
        return forms.DateField(label=label, required=False, widget=DateInput)
    return forms.CharField(label=label, max_length=rules.TEXT_LENGTH, required=False)


def _plain(value: Any) -> Any:
    return value.isoformat() if hasattr(value, "isoformat") else value


# --- safety ---------------------------------------------------------------------------------------------------------------
def _regions() -> forms.CharField:
    return forms.CharField(
        label=gettext_lazy("Where"),
        max_length=1000,
        required=False,
        widget=forms.TextInput({"list": "region-names"}),
        help_text=gettext_lazy("Places on the body, with commas between: Left calf, Left sole."),
    )


def _called(told: str) -> list[str]:
    """Return the regions that were typed by name, with commas between."""
    return [wording.region_called(part.strip()) for part in told.split(",") if part.strip()]


class FlagForm(forms.Form):
    """A fact that makes some treatments unsafe: which, where, since when."""

    flag = forms.ChoiceField(label=gettext_lazy("What it is"))
    regions = _regions()
    since = forms.DateField(label=gettext_lazy("Since"), required=False, widget=DateInput)
    until = forms.DateField(label=gettext_lazy("Until"), required=False, widget=DateInput)
    note = forms.CharField(label=gettext_lazy("Note"), max_length=500, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = knowledge()
        groups: dict[str, list[tuple[str, str]]] = {}
        for entry in known.flags.current:
            groups.setdefault(wording.flag_category(entry["category"]), []).append(
                (entry["id"], entry["label"])
            )
        self.fields["flag"].choices = [("", _("Choose")), *groups.items()]

    def clean_regions(self) -> list[str]:
        return _called(self.cleaned_data["regions"])


class MedicationForm(forms.Form):
    """A medicine: how much, how often, since when."""

    name = forms.CharField(
        label=gettext_lazy("Medicine"),
        max_length=120,
        widget=forms.TextInput({"list": "medicine-names", "autocomplete": "off"}),
        error_messages={"required": gettext_lazy("Enter the name of the medicine.")},
    )
    drug_class = forms.ChoiceField(
        label=gettext_lazy("Class"), choices=[("", gettext_lazy("Choose")), *DrugClass.choices]
    )
    dose = forms.DecimalField(
        label=gettext_lazy("Dose"), min_value=Decimal("0.001"), max_digits=9, decimal_places=3
    )
    unit = forms.CharField(label=gettext_lazy("Unit"), max_length=20, initial="mg")
    per_day = forms.DecimalField(
        label=gettext_lazy("Times a day"),
        min_value=Decimal("0.01"),
        max_digits=5,
        decimal_places=2,
        help_text=gettext_lazy("0.5 is every second day."),
    )
    started_on = forms.DateField(label=gettext_lazy("Since"), required=False, widget=DateInput)


class LastDayForm(forms.Form):
    stopped_on = forms.DateField(required=False, widget=DateInput)


class OutsideTreatmentForm(forms.Form):
    """What happened elsewhere and changes spasm or pain. Its fields have a prefix: it shares a page with the medicines."""

    prefix = "elsewhere"

    kind = forms.ChoiceField(
        label=gettext_lazy("What"), choices=[("", gettext_lazy("Choose")), *OutsideKind.choices]
    )
    began_on = forms.DateField(label=pgettext_lazy("day of a treatment", "On"), widget=DateInput)
    ended_on = forms.DateField(
        label=gettext_lazy("Until"),
        required=False,
        widget=DateInput,
        help_text=gettext_lazy("Empty: one day, or therapy that goes on."),
    )
    regions = _regions()
    detail = forms.CharField(
        label=gettext_lazy("Details"),
        max_length=500,
        required=False,
        help_text=gettext_lazy("Muscles and units, the new dose, the operation."),
    )

    def clean_regions(self) -> list[str]:
        return _called(self.cleaned_data["regions"])


class ReasonForm(forms.Form):
    reason = forms.CharField(label=gettext_lazy("Why"), max_length=300)
