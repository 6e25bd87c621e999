"""What became of an own entry: its versions, each with who kept it, when, and what it changed. Read from the history table."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.apps import apps
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from catalogue.models import Ownable
from catalogue.services import Library
from clinic.models import User

FIELDS = {
    "name": gettext_lazy("name"),
    "aim": gettext_lazy("aim"),
    "modality": gettext_lazy("technique"),
    "tags": gettext_lazy("what is true of it"),
    "body_regions": gettext_lazy("places"),
    "target_muscles": gettext_lazy("muscles"),
    "position": gettext_lazy("position"),
    "props": gettext_lazy("what it needs"),
    "laterality": gettext_lazy("side"),
    "settings": gettext_lazy("where"),
    "helper_needed": gettext_lazy("helper"),
    "dosage": gettext_lazy("dose"),
    "steps": gettext_lazy("steps"),
    "easier": gettext_lazy("easier one"),
    "harder": gettext_lazy("harder one"),
    "stop_if": gettext_lazy("when to stop"),
    "precaution_flags": gettext_lazy("precautions"),
    "families": gettext_lazy("disorders"),
    "benefits": gettext_lazy("benefits"),
    "translation_status": gettext_lazy("review of translations"),
    "family": gettext_lazy("disorder"),
    "subtypes": gettext_lazy("kinds of it"),
    "suits": gettext_lazy("whom it suits"),
    "not_for": gettext_lazy("whom it is not for"),
    "total_weeks": gettext_lazy("weeks"),
    "phases": gettext_lazy("phases"),
    "reassessment": gettext_lazy("measures"),
    "goal_templates": gettext_lazy("goals"),
    "discharge_criteria": gettext_lazy("when it ends"),
    "sources": gettext_lazy("sources"),
}


@dataclass(frozen=True)
class Step:
    """One thing done to an entry. `number` is its version from then on; `what` is added, changed, retired or brought-back."""

    number: int
    what: str
    at: datetime
    who: str
    fields: tuple[str, ...]

    @property
    def sentence(self) -> str:
        """Say what was done."""
        said = {
            "added": _("Written"),
            "retired": _("Retired"),
            "brought-back": _("Offered again"),
        }.get(self.what)
        return said or _("Changed: %s") % ", ".join(str(FIELDS.get(key, key)) for key in self.fields)


def steps(row: Ownable, library: Library) -> list[Step]:
    """Return what was done to an own entry, the first first. Two queries; the version goes up with its content alone."""
    events = apps.get_model("catalogue", f"{library.model.__name__}Event").objects
    own = events.filter(clinic_id=row.clinic_id, pgh_obj_id=row.pk)
    told = list(own.order_by("pgh_id").values("pgh_created_at", "pgh_context", "data", "active"))
    users = {user for event in told if (user := (event["pgh_context"] or {}).get("user"))}
    names = {str(pk): name for pk, name in User.objects.filter(pk__in=users).values_list("pk", "name")}
    return list(_steps(told, names))


def _steps(told: Iterable[dict[str, Any]], names: dict[str, str]) -> Iterable[Step]:
    number, before = 0, None
    for event in told:
        fields, what = (), "added"
        if before is not None:
            old, new = before["data"], event["data"]
            fields = tuple(key for key in {**old, **new} if old.get(key) != new.get(key))
            if not fields and before["active"] == event["active"]:
                continue
            what = "changed" if fields else "brought-back" if event["active"] else "retired"
        number += what in ("added", "changed")
        who = names.get((event["pgh_context"] or {}).get("user") or "", "")
        yield Step(number, what, event["pgh_created_at"], who, fields)
        before = event
