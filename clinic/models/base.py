"""What every table of a clinic has in common."""

from typing import Any, Self

import pghistory
from django.db import models

from clinic.ids import uuid7


class ClinicQuerySet(models.QuerySet):
    """The first wall: every query of a clinic's data starts with `for_clinic`."""

    def for_clinic(self, clinic: Any) -> Self:
        """Return the rows of `clinic` (a Clinic, an Access or an id)."""
        clinic_id = getattr(clinic, "clinic_id", None) or getattr(clinic, "pk", clinic)
        return self.filter(clinic_id=clinic_id)


class ClinicModel(models.Model):
    """A row that belongs to one clinic: UUIDv7 key, `clinic`, and the unique pair that composite keys point to."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    clinic = models.ForeignKey("clinic.Clinic", models.PROTECT, related_name="+", editable=False)

    objects = ClinicQuerySet.as_manager()

    class Meta:
        abstract = True
        constraints = [
            models.UniqueConstraint(fields=["clinic", "id"], name="%(app_label)s_%(class)s_in_clinic")
        ]


class SharedOrOwnQuerySet(models.QuerySet):
    def visible_to_clinic(self, clinic: Any) -> Self:
        """Return what ships with the product and what `clinic` (a Clinic, an Access or an id) added itself."""
        clinic_id = getattr(clinic, "clinic_id", None) or getattr(clinic, "pk", clinic)
        return self.filter(models.Q(clinic=None) | models.Q(clinic_id=clinic_id))


class SharedOrOwnModel(models.Model):
    """A catalogue row: shipped (no clinic) or a clinic's own. `slug` is the public id of a shipped one, else blank."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    clinic = models.ForeignKey(
        "clinic.Clinic", models.PROTECT, null=True, blank=True, related_name="+", editable=False
    )
    slug = models.SlugField(max_length=80, blank=True)

    objects = SharedOrOwnQuerySet.as_manager()

    class Meta:
        abstract = True
        constraints = [
            models.UniqueConstraint(
                fields=["slug"], condition=~models.Q(slug=""), name="%(app_label)s_%(class)s_one_slug"
            ),
        ]

    @property
    def public_id(self) -> str:
        """The id the API shows: the catalogue's for what ships, the row's for a clinic's own."""
        return self.slug or str(self.pk)


def track(model: type[models.Model]) -> type[models.Model]:
    """Keep the history of `model` by database triggers, in `<Model>Event`: every insert, update and delete, however made."""
    worked_out = [f.name for f in model._meta.fields if isinstance(f, models.GeneratedField)]
    events = (pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent())
    return pghistory.track(*events, exclude=worked_out)(model)
