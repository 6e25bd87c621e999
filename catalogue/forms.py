"""A clinic's own exercise as a form: fields to type into, and the entry that the service takes, there and back."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from catalogue import schema
from catalogue.presenting import DOSE_ORDER, Presenter
from catalogue.programmes import FOLLOWING_TAGS, following_tags
from catalogue.shapes import LANGUAGES
from clinic.templatetags.ui import first_id

Entry = Mapping[str, Any]
EDGES = ("min", "default", "max")
SECONDS = ("hold_s", "rest_s")


def lines(text: str) -> list[str]:
    """Return what stands on each line, without blank ones."""
    return [line.strip() for line in text.splitlines() if line.strip()]


def _several(label: Any, *, required: bool = True, **options: Any) -> forms.MultipleChoiceField:
    widget = forms.CheckboxSelectMultiple
    return forms.MultipleChoiceField(label=label, required=required, widget=widget, **options)


def _steps(label: Any, *, required: bool = False) -> forms.CharField:
    return forms.CharField(
        label=label,
        max_length=7000,
        required=required,
        widget=forms.Textarea(attrs={"rows": 7}),
    )


class ExerciseForm(forms.Form):
    """An exercise of the clinic's own. What must hold between its fields the service says, at the field."""

    name_en = forms.CharField(label=gettext_lazy("Name in English"), max_length=160)
    name_hi = forms.CharField(label=gettext_lazy("Name in Hindi"), max_length=160, required=False)
    name_bn = forms.CharField(label=gettext_lazy("Name in Bengali"), max_length=160, required=False)
    aim = forms.CharField(
        label=gettext_lazy("What it is for"),
        max_length=400,
        required=False,
        help_text=gettext_lazy("One sentence, for colleagues."),
    )
    modality = forms.ChoiceField(
        label=gettext_lazy("Technique"),
        help_text=gettext_lazy("The safety rules of this technique are checked in every plan."),
    )
    body_regions = _several(gettext_lazy("Works on"))
    target_muscles = _several(gettext_lazy("Muscles"), required=False)
    position = forms.ChoiceField(label=gettext_lazy("Position"))
    laterality = forms.ChoiceField(label=gettext_lazy("Side"), widget=forms.RadioSelect)
    settings = _several(gettext_lazy("Where"))
    helper_needed = forms.BooleanField(label=gettext_lazy("Needs a helper"), required=False)
    props = _several(gettext_lazy("Needs"), required=False)
    steps_en = _steps(gettext_lazy("Steps in English"), required=True)
    steps_hi = _steps(gettext_lazy("Steps in Hindi"))
    steps_bn = _steps(gettext_lazy("Steps in Bengali"))
    reviewed = forms.BooleanField(
        label=gettext_lazy("A colleague who speaks the language as a first one has read the translations"),
        required=False,
    )
    stop_if = _several(gettext_lazy("When to stop"))
    precaution_flags = _several(gettext_lazy("Take care with"), required=False)
    tags = _several(
        gettext_lazy("True of this exercise"),
        required=False,
        help_text=gettext_lazy("The safety checks look at these: tick all that are true."),
    )
    families = _several(gettext_lazy("Suits"))
    benefits = _several(gettext_lazy("Helps with"))
    easier = forms.ChoiceField(label=gettext_lazy("Easier one"), required=False)
    harder = forms.ChoiceField(label=gettext_lazy("Harder one"), required=False)
    hide_source = forms.BooleanField(
        label=gettext_lazy("Hide the one it was copied from: ours takes its place in our lists"),
        required=False,
    )
    seen = forms.CharField(required=False, max_length=16, widget=forms.HiddenInput)

    def __init__(
        self, *args: Any, presenter: Presenter, others: Iterable[Entry], copied: bool = False, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        known, fields = presenter.known, self.fields
        for key in DOSE_ORDER:
            low, high = schema.DOSE[key]
            for edge in EDGES:
                fields[f"{key}_{edge}"] = forms.IntegerField(
                    label=f"{presenter.dose_name(key)}, {presenter.edge_name(edge)}",
                    min_value=low,
                    max_value=high,
                )
        fields["modality"].choices = [("", _("Choose one")), *_techniques(presenter)]
        for name, facet in (
            ("body_regions", "region"),
            ("target_muscles", "muscle"),
            ("position", "position"),
            ("props", "prop"),
            ("settings", "setting"),
            ("benefits", "benefit"),
        ):
            fields[name].choices = presenter.choices_of(facet)
        fields["props"].choices = [choice for choice in fields["props"].choices if choice[0] != "none"]
        fields["position"].choices = [("", _("Choose one")), *fields["position"].choices]
        for name, terms in (("laterality", "lateralities"), ("stop_if", "stop_cues")):
            fields[name].choices = [(key, presenter.labels(terms, [key])[0]) for key in known.terms(terms)]
        fields["tags"].choices = [
            (key, presenter.labels("exercise_tags", [key])[0])
            for key in known.terms("exercise_tags")
            if key not in FOLLOWING_TAGS
        ]
        fields["families"].choices = [
            (entry["id"], entry["name"]) for entry in known.conditions.current if entry["family"] is None
        ]
        fields["precaution_flags"].choices = _flags(presenter)
        named = sorted(((entry["id"], presenter.exercise_name(entry)) for entry in others), key=_by_name)
        for name in ("easier", "harder"):
            kept = self.initial.get(name)
            gone = [(kept, _("No longer offered"))] if kept and kept not in dict(named) else []
            fields[name].choices = [("", _("None")), *gone, *named]
        if not copied:
            del fields["hide_source"]

    # --- there and back ----------------------------------------------------------------------------------------------------
    @property
    def entry(self) -> dict[str, Any]:
        """What was typed, as the service takes it: with the tags that follow from position, helper and technique."""
        told = self.cleaned_data
        helper, position, modality = told["helper_needed"], told["position"], told["modality"]
        following = following_tags(modality, position, helper=helper)
        return {
            "name": {language: told[f"name_{language}"] for language in LANGUAGES},
            "steps": {language: lines(told[f"steps_{language}"]) for language in LANGUAGES},
            "dosage": {
                key: {edge: told[f"{key}_{edge}"] for edge in EDGES}  # in its order of the catalogue
                for key in DOSE_ORDER
            },
            "tags": [*told["tags"], *sorted(following - set(told["tags"]))],
            "props": told["props"] or ["none"],
            "easier": told["easier"] or None,
            "harder": told["harder"] or None,
            "translation_status": "reviewed" if told["reviewed"] else "draft",
            **{
                name: told[name]
                for name in (
                    "aim", "modality", "body_regions", "target_muscles", "position", "laterality", "settings",
                    "helper_needed", "stop_if", "precaution_flags", "families", "benefits",
                )
            },
        }  # fmt: skip

    @staticmethod
    def typed(entry: Entry) -> dict[str, Any]:
        """Return an entry as the fields of the form."""
        texts = {f"name_{language}": entry["name"].get(language, "") for language in LANGUAGES}
        steps = {f"steps_{language}": "\n".join(entry["steps"].get(language, ())) for language in LANGUAGES}
        dose = {f"{key}_{edge}": entry["dosage"][key][edge] for key in DOSE_ORDER for edge in EDGES}
        props = [prop for prop in entry["props"] if prop != "none"]
        reviewed = entry["translation_status"] == "reviewed"
        tags = [tag for tag in entry["tags"] if tag not in FOLLOWING_TAGS]
        return {**entry, **texts, **steps, **dose, "props": props, "tags": tags, "reviewed": reviewed}

    def refuse(self, faults: Any) -> None:
        """Put what the service found at the fields; `faults` are nested as the entry is (services.nested)."""
        for path, text in flat(faults):
            name, text = self._field_of(path, text)
            self.add_error(name if name in self.fields else None, text)

    @staticmethod
    def _field_of(path: Sequence[str], text: str) -> tuple[str, str]:
        match path:
            case ["name", language, *_rest]:
                return f"name_{language}", text
            case ["steps", language, line, *_rest] if line.isdecimal():
                return f"steps_{language}", _("Line %(line)d: %(fault)s") % {
                    "line": int(line) + 1,
                    "fault": text,
                }
            case ["steps", language, *_rest]:
                return f"steps_{language}", text
            case ["dosage", key, edge, *_rest] if edge in EDGES:
                return f"{key}_{edge}", text
            case ["dosage", key, *_rest]:
                return f"{key}_default", text
        return path[0], text

    # --- to show -----------------------------------------------------------------------------------------------------------
    def dose_rows(self) -> list[dict[str, Any]]:
        """Return the fields of the dose by row: its name, its unit and the three fields."""
        return [
            {
                "label": self.fields[f"{key}_min"].label.rpartition(",")[0],
                "unit": "s" if key in SECONDS else "",
                "step": 5 if key in SECONDS else 1,
                "fields": [self[f"{key}_{edge}"] for edge in EDGES],
                "errors": list(
                    dict.fromkeys(error for edge in EDGES for error in self[f"{key}_{edge}"].errors)
                ),
            }
            for key in DOSE_ORDER
        ]

    def to_put_right(self) -> list[tuple[str, str, str]]:
        """Return id, name and fault of each field, for the list above the form; a row of the dose once for each fault."""
        dose = {f"{key}_{edge}" for key in DOSE_ORDER for edge in EDGES}
        found = [
            (first_id(field), field.label, error)
            for field in self.visible_fields()
            if field.name not in dose
            for error in field.errors
        ]
        return found + [
            (next(field.auto_id for field in row["fields"] if error in field.errors), row["label"], error)
            for row in self.dose_rows()
            for error in row["errors"]
        ]

    def flag_groups(self) -> list[dict[str, Any]]:
        """Return the precautions by their kind, with how many are ticked of each."""
        ticked = set(self["precaution_flags"].value() or ())
        return [
            {
                "label": label,
                "ticked": sum(key in ticked for key, _label in options),
                "options": [{"value": key, "label": name, "chosen": key in ticked} for key, name in options],
            }
            for label, options in self.fields["precaution_flags"].choices
        ]


def flat(faults: Any, path: tuple[str, ...] = ()) -> Iterable[tuple[tuple[str, ...], str]]:
    """Yield each message with the keys that lead to it; "detail" is about the whole that it stands in."""
    if isinstance(faults, Mapping):
        for key, below in faults.items():
            yield from flat(below, path if key == "detail" and path else (*path, str(key)))
    else:
        for text in faults if isinstance(faults, list | tuple) else [faults]:
            yield path, str(text)


def _by_name(choice: tuple[str, str]) -> str:
    return choice[1].lower()


def _techniques(presenter: Presenter) -> list[tuple[str, list[tuple[str, str]]]]:
    groups = presenter.known.terms("modality_groups")
    entries = presenter.known.modalities.current
    return [
        (term["label"], [(entry["id"], entry["name"]) for entry in entries if entry["group"] == group])
        for group, term in groups.items()
    ]


def _flags(presenter: Presenter) -> list[tuple[str, list[tuple[str, str]]]]:
    flags = presenter.known.flags.current
    return [
        (term["label"], [(flag["id"], flag["label"]) for flag in flags if flag["category"] == category])
        for category, term in presenter.known.terms("flag_categories").items()
    ]
