"""The small words of our templates: `{% icon %}`, `{% field %}`, initials. Markup lives in templates/components/."""

import hashlib
from collections.abc import Hashable, Iterable
from functools import lru_cache
from typing import Any

from django import forms, template
from django.conf import settings
from django.forms.boundfield import BoundField
from django.template.loader import get_template
from django.templatetags.static import static
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from clinic import context, phones

register = template.Library()

AVATAR_TONES = 5
GROUPS = {"radio", "segmented", "chips", "checkboxes", "scale", "yesno"}  # fieldset and legend, not a label


@register.simple_tag
@lru_cache(maxsize=1024)
def icon(name: str, size: str = "", label: str = "") -> SafeString:
    """Draw an icon of static/img/icons.svg; `size` is "", "sm" or "lg". With a `label` it speaks, else it is decoration."""
    classes = f"i i--{size}" if size else "i"
    speaks = (
        format_html('role="img" aria-label="{}"', label) if label else format_html('aria-hidden="{}"', "true")
    )
    return format_html(
        '<svg class="{}" viewBox="0 0 24 24" width="20" height="20" {}><use href="{}#{}"/></svg>',
        classes,
        speaks,
        static("img/icons.svg"),
        name,
    )


@register.simple_tag
def fixed(name: str, **values: Hashable) -> SafeString:
    """Include a partial that depends on nothing but the language and `values`: rendered once a process, then kept.

    The frame of a page is most of what an ordinary page costs; nearly all of it is of this kind.
    """
    render = _rendered.__wrapped__ if settings.DEBUG else _rendered
    return render(name, get_language(), tuple(values.items()))


@lru_cache(maxsize=1024)
def _rendered(name: str, _language: str, values: tuple[tuple[str, Hashable], ...]) -> SafeString:
    return get_template(name).render(dict(values))


@register.simple_tag
def stepper(name: str, label: object, value: object = "", **options: Any) -> SafeString:
    """Draw a number with less and more; typing is allowed, arrows step, Page keys ten, Home and End the limits.

    `label` is for its buttons and, without a <label>, for itself. Options: `id`, `min`, `max`, `step`, `unit`, `size`
    (lg), `changed` (a fig edge), `described_by`, `invalid`, `start` (where an empty field begins), `labelled` (a <label>
    names it). Written here and not as a template: a plan has two hundred of them.
    """
    told = {key: str(given) for key, given in options.items() if given or (given == 0 and given is not False)}
    said = "" if value is None else str(value)
    return _stepper(str(name), str(label), said, get_language(), tuple(sorted(told.items())))


@lru_cache(maxsize=4096)
def _stepper(
    name: str, label: str, value: str, _language: str | None, options: tuple[tuple[str, str], ...]
) -> SafeString:
    told = dict(options)
    unit = told.get("unit", "")
    attributes = {
        "id": told.get("id"),
        "name": name,
        "value": value,
        "inputmode": "decimal",
        "autocomplete": "off",
        "role": "spinbutton",
        "aria-label": None if "labelled" in told else label,
        "aria-valuemin": told.get("min"),
        "aria-valuemax": told.get("max"),
        "aria-valuenow": value or None,
        "aria-valuetext": f"{value} {unit}" if unit and value else None,
        "data-step-by": told.get("step", "1"),
        "data-unit": unit or None,
        "data-start": told.get("start"),
        "placeholder": told.get("start"),
        "aria-describedby": told.get("described_by"),
        "aria-invalid": "true" if "invalid" in told else None,
    }
    classes = ["stepper"]
    classes += [f"stepper--{told['size']}"] if "size" in told else []
    classes += ["stepper--changed"] if "changed" in told else []
    button = '<button type="button" data-step="{}" tabindex="-1" aria-label="{}">{}</button>'
    given = ((key, value) for key, value in attributes.items() if value is not None)
    return format_html(
        '<span class="{}" data-stepper>{}<span class="stepper__value"><input{}>{}</span>{}</span>',
        " ".join(classes),
        format_html(button, -1, _("%(label)s: less") % {"label": label}, icon("minus", "sm")),
        format_html_join("", ' {}="{}"', given),
        format_html('<span class="stepper__unit" aria-hidden="true">{}</span>', unit) if unit else "",
        format_html(button, 1, _("%(label)s: more") % {"label": label}, icon("plus", "sm")),
    )


@register.simple_tag
def languages() -> list[dict[str, Any]]:
    return context.languages()


@register.simple_tag
def menu(roles: tuple[str, ...]) -> tuple[context.Links, ...]:
    return context.menu(tuple(roles or ()))


@register.filter
def initials(name: object) -> str:
    """Return up to two letters of a name, without its title: "Dr Anirban Sen" gives "AS"."""
    words = [
        word for word in str(name).split() if not word.endswith(".") and word not in ("Dr", "Mr", "Ms", "Mrs")
    ]
    words = words or str(name).split()
    ends = words[:1] + words[-1:] if len(words) > 1 else words
    return "".join(word[0] for word in ends).upper()


@register.filter
def national(phone: str) -> str:
    """Return a stored phone number as people of its country write it."""
    return phones.national(phone)


@register.filter
def tone(name: object) -> int:
    """Return the number of an avatar's colour, 1 to 5; one name has the same colour on every page."""
    return hashlib.blake2s(str(name).encode(), digest_size=1).digest()[0] % AVATAR_TONES + 1


@register.filter
def is_invalid(form: Any) -> bool:
    """Tell whether a form came back with errors."""
    return bool(form and form.is_bound and form.errors)


@register.inclusion_tag("components/_field.html")
def field(bound: BoundField, kind: str = "", **options: Any) -> dict[str, Any]:
    """Render one field of a form with label, hint and error, keeping what was typed.

    `kind` is input, textarea, select, radio, segmented, chips, checkbox, checkboxes, switch, scale, yesno or stepper; left
    out it follows the widget. Options: `label`, `hint`, `optional` (True shows "if any"), `icon`, `unit`, `span` (a grid
    class such as "c-6"), `placeholder`, `step`, `low` and `high` (words at the ends of a scale), `hide_label`.
    """
    kind = kind or kind_of(bound)
    hint = options.pop("hint", bound.help_text)
    optional = options.pop("optional", None)
    if optional is None:
        others_required = any(other.required for other in bound.form.fields.values())
        optional = not bound.field.required and others_required and kind not in ("checkbox", "switch")
    described = [
        f"{bound.auto_id}_{what}" for what, there in (("helptext", hint), ("error", bound.errors)) if there
    ]
    return {
        "field": bound,
        "kind": kind,
        "hint": hint,
        "optional": optional,
        "described_by": " ".join(described),
        "is_group": kind in GROUPS,
        "control": control(bound, kind, described, options.get("placeholder"))
        if kind not in GROUPS | {"stepper"}
        else "",
        "minimum": getattr(bound.field, "min_value", None),
        "maximum": getattr(bound.field, "max_value", None),
        **options,
    }


def kind_of(bound: BoundField) -> str:
    """Return how a field is shown, by its widget."""
    widget = bound.field.widget
    if isinstance(widget, forms.CheckboxSelectMultiple):
        return "checkboxes"
    if isinstance(widget, forms.RadioSelect):
        return "radio"
    if isinstance(widget, forms.CheckboxInput):
        return "checkbox"
    if isinstance(widget, forms.Select):
        return "select"
    if isinstance(widget, forms.Textarea):
        return "textarea"
    return "input"


def control(bound: BoundField, kind: str, described: Iterable[str], placeholder: str | None) -> SafeString:
    """Render the widget with our class, its description and, after a refusal, the focus on the first error."""
    attrs: dict[str, Any] = {}
    if kind not in ("checkbox", "switch"):
        attrs["class"] = f"input {bound.field.widget.attrs.get('class', '')}".strip()
    if kind == "switch":
        attrs["role"] = "switch"
    if describing := " ".join(described):
        attrs["aria-describedby"] = describing
    if placeholder is not None:
        attrs["placeholder"] = placeholder or False
    if bound.form.is_bound and bound.form.errors:
        attrs["autofocus"] = bound.name == first_error(bound.form)
    return bound.as_widget(attrs=attrs)


def first_error(form: forms.BaseForm) -> str | None:
    """Return the name of the first field, in the order of the form, that has an error."""
    return next((name for name in form.fields if name in form.errors), None)


@register.filter
def first_id(bound: BoundField) -> str:
    """Return the id of the element a link to this field leads to: the first option of a group, else the control."""
    is_group = isinstance(bound.field.widget, forms.RadioSelect | forms.CheckboxSelectMultiple)
    return f"{bound.auto_id}_0" if is_group else bound.auto_id


@register.filter
def up_to(last: int, first: int = 0) -> range:
    """Count from `first` to `last`, both included: `{% for n in 10|up_to %}`."""
    return range(first, int(last) + 1)


@register.filter
def same(one: object, other: object) -> bool:
    """Tell whether two values read the same: 3 and "3"."""
    return one is not None and str(one) == str(other)
