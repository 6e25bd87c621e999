"""What forms of several apps share: refusals of the services beside the fields that were typed."""

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms


class DateInput(forms.DateInput):
    """A day, by the browser's own calendar."""

    input_type = "date"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs, format="%Y-%m-%d")


def refuse_at_fields(form: forms.Form, detail: Any) -> None:
    """Put what a service refused (`ValidationError.detail`, nested or not) at the form's fields; the rest above the form."""
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
