"""What the field knows, as rows. Shipped knowledge is loaded from data/*.yaml; a clinic adds exercises and protocols of its own.

A shipped entry's key is its catalogue id (a slug). `data` holds the whole entry as in the YAML; columns are what we filter on.
"""

from collections.abc import Mapping
from typing import Any, Self

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

    def fill(self, entry: Mapping[str, Any]) -> None:
        """Take over an entry of the data files: the whole of it, and the columns drawn from it."""
        self.name = (entry.get("name") or entry.get("label") or entry["id"])[:300]
        self.data = entry


class Source(Entry):
    """Literature and guidance, verified or recalled."""

    def fill(self, entry: Mapping[str, Any]) -> None:
        super().fill(entry)
        self.name = entry["citation"][:300]


class Vocabulary(Entry):
    """A shared list (benefits, body regions, chart regions, stop cues, equipment …) under its name."""


class Condition(Entry):
    """A family of nerve disorder, or a subtype of one (`family`)."""

    family = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="subtypes")
    icd10 = ArrayField(models.CharField(max_length=10), default=list)

    def fill(self, entry: Mapping[str, Any]) -> None:
        super().fill(entry)
        self.family_id = entry["family"]
        codes = entry.get("icd10", {})
        self.icd10 = list(dict.fromkeys([*codes.get("who", []), *codes.get("cm", [])]))


class Flag(Entry):
    """A patient safety fact that rules refer to. `critical` ones are answered before a plan is signed."""

    category = models.SlugField(max_length=40)
    critical = models.BooleanField(default=False)
    needs_region = models.BooleanField(default=False)
    expires_days = models.PositiveIntegerField(null=True, blank=True)

    def fill(self, entry: Mapping[str, Any]) -> None:
        super().fill(entry)
        self.category, self.critical = entry["category"], entry["critical"]
        self.needs_region, self.expires_days = entry["needs_region"], entry.get("expires_days")


class SafetyRule(Entry):
    """When a treatment is blocked or needs a reason; the engine is careplans/safety.py."""

    severity = models.CharField(max_length=10)

    def fill(self, entry: Mapping[str, Any]) -> None:
        super().fill(entry)
        self.name, self.severity = entry["message"], entry["severity"]


class RedFlag(Entry):
    """A screening question that may mean an emergency, with its action and its advice to the patient."""

    urgency = models.CharField(max_length=20)

    def fill(self, entry: Mapping[str, Any]) -> None:
        super().fill(entry)
        self.name, self.urgency = entry["clinician_question"][:300], entry["urgency"]


class Modality(Entry):
    """A treatment technique with its parameters and limits."""

    group = models.SlugField(max_length=40)

    def fill(self, entry: Mapping[str, Any]) -> None:
        super().fill(entry)
        self.group = entry["group"]


class Measure(Entry):
    """An outcome measure: valid values, direction, and which change matters."""


class EducationTopic(Entry):
    """Something to teach, in the patient's language."""

    def fill(self, entry: Mapping[str, Any]) -> None:
        super().fill(entry)
        self.name = entry["title"]


class OwnableQuerySet(SharedOrOwnQuerySet):
    def current(self) -> Self:
        return self.filter(active=True)

    def visible_to(self, membership: Any) -> Self:
        """Return what a member may see: what ships, and what their clinic added."""
        return self.visible_to_clinic(membership)

    def shipped(self) -> Self:
        return self.filter(clinic=None)


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

    @property
    def entry(self) -> dict[str, Any]:
        """Return the whole entry under its public id, in the shape of the data files."""
        return {"id": self.public_id, **self.data}

    def fill(self, entry: Mapping[str, Any]) -> None:
        """Take over an entry of the data files or of a clinic: the whole of it, and the columns drawn from it."""
        self.data = {key: value for key, value in entry.items() if key != "id"}


@track
class Exercise(Ownable):
    """A home or clinic exercise. `search` is every name and word it is found by, lower case."""

    modality = models.ForeignKey(Modality, models.PROTECT, related_name="+")
    families = ArrayField(models.SlugField(max_length=80), default=list)
    body_regions = ArrayField(models.SlugField(max_length=60), default=list)
    search = models.TextField(blank=True)

    def fill(self, entry: Mapping[str, Any]) -> None:
        super().fill(entry)
        self.name, self.modality_id = entry["name"]["en"], entry["modality"]
        self.families, self.body_regions = entry["families"], entry["body_regions"]
        words = [*entry["name"].values(), entry["aim"], *entry["body_regions"], *entry["target_muscles"]]
        self.search = " ".join(words).replace("-", " ").lower()

    class Meta(Ownable.Meta):
        abstract = False
        indexes = [GinIndex(fields=["search"], opclasses=["gin_trgm_ops"], name="exercise_search_trgm")]


@track
class Protocol(Ownable):
    """A starter plan for a condition: phases, doses, goals, reassessment."""

    family = models.ForeignKey(Condition, models.PROTECT, related_name="+")
    subtypes = ArrayField(models.SlugField(max_length=80), default=list)

    def fill(self, entry: Mapping[str, Any]) -> None:
        super().fill(entry)
        self.name, self.family_id, self.subtypes = entry["name"], entry["family"], entry["subtypes"]


class KeptPicture(models.Model):
    """A picture that was released at some time, by the SHA-256 of its file: what was printed with it can be printed again.

    Added by load_catalogue and never deleted; under its key no other file can stand (decision 0018).
    """

    sha256 = models.CharField(max_length=64, primary_key=True)
    svg = models.TextField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(
                    sha256=models.Func(
                        "svg",
                        template="encode(sha256(convert_to(%(expressions)s, 'UTF8')), 'hex')",
                        output_field=models.TextField(),
                    )
                ),
                name="keptpicture_is_what_its_key_says",
            )
        ]


class HiddenEntry(ClinicModel):
    """An exercise or protocol, shipped or its own, that this clinic does not offer."""

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
