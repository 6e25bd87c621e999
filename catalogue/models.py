"""What the field knows, as rows. Shipped knowledge is loaded from data/*.yaml; a clinic adds exercises and protocols of its own.

A shipped entry's key is its catalogue id (a slug). `data` holds the whole entry as in the YAML; columns are what we filter on.
"""

from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.utils import timezone

from clinic.models import ClinicModel, SharedOrOwnModel, SharedOrOwnQuerySet, track


class CatalogueVersion(models.Model):
    """A load of the shipped data: the SHA-256 of its content and when. The newest row is what is in force."""

    content_sha256 = models.CharField(max_length=64)
    loaded_at = models.DateTimeField(default=timezone.now, db_index=True)


class EntryQuerySet(models.QuerySet):
    def current(self) -> Self:
        """Leave out what a later release retired; signed plans keep pointing to it."""
        return self.filter(active=True)


class Entry(models.Model):
    """A shipped entry: its id in the catalogue is its key. Retired, never deleted."""

    id = models.SlugField(primary_key=True, max_length=80)
    name = models.CharField(max_length=300)
    order = models.PositiveIntegerField(default=0)
    data = models.JSONField()
    active = models.BooleanField(default=True)

    objects = EntryQuerySet.as_manager()

    class Meta:
        abstract = True
        ordering = ["order", "id"]

    def __str__(self) -> str:
        return self.name


class Source(Entry):
    """Literature and guidance, verified or recalled."""


class Vocabulary(Entry):
    """A shared list (benefits, body regions, chart regions, stop cues, equipment …) under its name."""


class Condition(Entry):
    """A family of nerve disorder, or a subtype of one (`family`)."""

    family = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="subtypes")
    icd10 = ArrayField(models.CharField(max_length=10), default=list)


class Flag(Entry):
    """A patient safety fact that rules refer to. `critical` ones are answered before a plan is signed."""

    category = models.SlugField(max_length=40)
    critical = models.BooleanField(default=False)
    needs_region = models.BooleanField(default=False)
    expires_days = models.PositiveIntegerField(null=True, blank=True)


class SafetyRule(Entry):
    """When a treatment is blocked or needs a reason; the engine is careplans/safety.py."""

    severity = models.CharField(max_length=10)


class RedFlag(Entry):
    """A screening question that may mean an emergency, with its action and its advice to the patient."""

    urgency = models.CharField(max_length=20)


class Modality(Entry):
    """A treatment technique with its parameters and limits."""

    group = models.SlugField(max_length=40)


class Measure(Entry):
    """An outcome measure: valid values, direction, and which change matters."""


class EducationTopic(Entry):
    """Something to teach, in the patient's language."""


class OwnableQuerySet(SharedOrOwnQuerySet):
    def current(self) -> Self:
        return self.filter(active=True)


class Ownable(SharedOrOwnModel):
    """An entry that a clinic may add to: shipped (by slug) or its own."""

    name = models.CharField(max_length=300)
    order = models.PositiveIntegerField(default=0)
    data = models.JSONField()
    active = models.BooleanField(default=True)

    objects = OwnableQuerySet.as_manager()

    class Meta(SharedOrOwnModel.Meta):
        abstract = True
        ordering = ["order", "id"]

    def __str__(self) -> str:
        return self.name


@track
class Exercise(Ownable):
    """A home or clinic exercise. `search` is every name and word it is found by, lower case."""

    modality = models.ForeignKey(Modality, models.PROTECT, related_name="+")
    families = ArrayField(models.SlugField(max_length=80), default=list)
    body_regions = ArrayField(models.SlugField(max_length=60), default=list)
    search = models.TextField(blank=True)

    class Meta(Ownable.Meta):
        abstract = False
        indexes = [GinIndex(fields=["search"], opclasses=["gin_trgm_ops"], name="exercise_search_trgm")]


@track
class Protocol(Ownable):
    """A starter plan for a condition: phases, doses, goals, reassessment."""

    family = models.ForeignKey(Condition, models.PROTECT, related_name="+")
    subtypes = ArrayField(models.SlugField(max_length=80), default=list)


class HiddenEntry(ClinicModel):
    """A shipped exercise or protocol that this clinic does not offer."""

    exercise = models.ForeignKey(Exercise, models.CASCADE, null=True, blank=True, related_name="+")
    protocol = models.ForeignKey(Protocol, models.CASCADE, null=True, blank=True, related_name="+")

    class Meta(ClinicModel.Meta):
        constraints = [
            *ClinicModel.Meta.constraints,
            models.UniqueConstraint(fields=["clinic", "exercise"], name="hidden_exercise_once"),
            models.UniqueConstraint(fields=["clinic", "protocol"], name="hidden_protocol_once"),
            models.CheckConstraint(
                name="hidden_is_one_thing", condition=models.Q(exercise=None) ^ models.Q(protocol=None)
            ),
        ]
