"""/api/v1/catalogue/: the knowledge, to read; exercises and protocols, also to add to."""

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_field
from rest_framework import exceptions, serializers, status, viewsets
from rest_framework.request import Request
from rest_framework.response import Response

from catalogue import coding, pictures, relevance, searching, services
from catalogue.knowledge import Entry, knowledge
from catalogue.services import EXERCISES, PROTOCOLS, Library
from catalogue.shapes import LANGUAGES
from catalogue.wording import in_language
from clinic.api import Needs, StrictSerializer

LANGUAGE = OpenApiParameter(
    "language",
    enum=list(LANGUAGES),
    description="Translated texts as one string, in English where not translated.",
)
ID = OpenApiParameter(
    "id", str, OpenApiParameter.PATH, description="The catalogue's id; a UUID of a clinic's own."
)
CONDITION = OpenApiParameter(
    "condition", description="Id of a family or subtype: only what concerns it, best match first."
)

SEARCH = OpenApiParameter(
    "search", description="Words that must all be found: names in any language, muscles, places, aims."
)


def _filter(name: str, description: str, enum: Iterable[str] | None = None) -> OpenApiParameter:
    description += " Given again, either will do."
    return OpenApiParameter(name, str, many=True, description=description, enum=enum and list(enum))


EXERCISE_FILTERS = [
    _filter("region", "Id of a body region that it works on."),
    _filter("muscle", "A muscle that it targets."),
    _filter("aim", "What it is for.", searching.AIMS),
    _filter("position", "In which it is done; wheelchair: also what can be done in one."),
    _filter("prop", "What it needs; none: nothing."),
    _filter("helper", "Whether it needs a helper.", ["no", "yes"]),
    _filter("setting", "Where it is done.", ["clinic", "home"]),
    _filter("benefit", "Id of a benefit that it has."),
    _filter("origin", "The clinic's own, or shipped.", ["own", "shipped"]),
]


# --- what may be sent ----------------------------------------------------------------------------------------------------
def _field(kind: str, **schema: Any) -> serializers.JSONField:
    """A field whose content the service checks; here only documented."""
    documented = extend_schema_field({"type": kind, **schema})(
        type("EntryField", (serializers.JSONField,), {})
    )
    return documented(required=False, allow_null=True)


def _text() -> serializers.JSONField:
    return _field("string")


def _texts() -> serializers.JSONField:
    return _field("array", items={"type": "string"})


def _objects() -> serializers.JSONField:
    return _field("array", items={"type": "object"})


class LibraryEntrySerializer(StrictSerializer):
    """An entry as in the catalogue's files. What may be left out has a default."""

    id = serializers.CharField(read_only=True)
    own = serializers.BooleanField(read_only=True)


class CatalogueExerciseSerializer(LibraryEntrySerializer):
    name = _field("object", description="{en, hi, bn}; hi and bn may be left out")
    aim = _text()
    modality = _text()
    tags = _texts()
    body_regions = _texts()
    target_muscles = _texts()
    position = _text()
    props = _texts()
    laterality = _text()
    settings = _texts()
    helper_needed = _field("boolean")
    dosage = _field(
        "object", description="sets, reps, hold_s, rest_s, times_per_day, days_per_week: {min, default, max}"
    )
    steps = _field("object", description="{en, hi, bn}: a list of texts each; hi and bn may be left out")
    easier = _text()
    harder = _text()
    stop_if = _texts()
    precaution_flags = _texts()
    families = _texts()
    benefits = _texts()
    translation_status = _text()
    picture = serializers.DictField(read_only=True, allow_null=True)


class CatalogueProtocolSerializer(LibraryEntrySerializer):
    name = _text()
    family = _text()
    subtypes = _texts()
    suits = _texts()
    not_for = _texts()
    total_weeks = _field("integer", description="the sum of the phases' default weeks; counted when left out")
    phases = _objects()
    reassessment = _objects()
    goal_templates = _objects()
    discharge_criteria = _texts()
    sources = _texts()


# --- what is answered ----------------------------------------------------------------------------------------------------
class CatalogueEntrySerializer(serializers.Serializer):
    """An entry as in the catalogue's files: more fields by kind."""

    id = serializers.CharField()


class ShippedViewSet(viewsets.GenericViewSet):
    """One kind of shipped entries, from memory."""

    permission_classes = [Needs("catalogue.edit", to_read="catalogue.read")]
    serializer_class: type[serializers.Serializer] = CatalogueEntrySerializer
    filter_backends: list = []
    lookup_field = "id"
    kind = ""

    @extend_schema(parameters=[LANGUAGE, CONDITION])
    def list(self, request: Request) -> Response:
        page = self.paginate_queryset(list(self.entries(self._condition())))
        return self.get_paginated_response([self.answer(entry) for entry in page])

    @extend_schema(parameters=[ID, LANGUAGE])
    def retrieve(self, request: Request, id: str) -> Response:
        entry = self.entry(id)
        if entry is None:
            raise exceptions.NotFound
        return Response(self.answer(entry))

    def entries(self, condition: str) -> Iterable[Entry]:
        known = knowledge()
        entries = getattr(known, self.kind).current
        if self.kind == "conditions" and (scrap := self.request.query_params.get("q", "").strip()):
            names = dict.fromkeys(found.condition for found in coding.find(scrap, known, most=len(entries)))
            return [known.conditions[name] for name in names]
        if condition:
            return relevance.best_first(self.kind, entries, relevance.concern(condition, known))
        return entries

    def entry(self, public_id: str) -> Entry | None:
        return getattr(knowledge(), self.kind).get(public_id)

    def answer(self, entry: Entry) -> Any:
        language = self.request.query_params.get("language")
        if not language:
            return entry
        if language not in LANGUAGES:
            raise serializers.ValidationError({"language": [f"Choose one of: {', '.join(LANGUAGES)}."]})
        return in_language(entry, language)

    def _condition(self) -> str:
        condition = self.request.query_params.get("condition", "")
        if condition and condition not in knowledge().conditions:
            raise serializers.ValidationError({"condition": ["There is no such condition."]})
        return condition


class LibraryViewSet(ShippedViewSet):
    """Shipped entries and the clinic's own."""

    library: Library

    def entries(self, condition: str) -> Iterable[Entry]:
        query, known = self.request.query_params, knowledge()
        chosen = {"condition": [condition] if condition else []}
        for name, values in searching.choices(self.kind, known).items():
            if name != "condition":
                chosen[name] = query.getlist(name)
                if unknown := next((value for value in chosen[name] if value not in values), None):
                    message = _("There is no “%(id)s” here.") % {"id": unknown[:80]}
                    raise serializers.ValidationError({name: [message]})
        search = query.get("search", "")[:100]
        return services.explore(self.library, self._who, chosen, search=search).entries

    def entry(self, public_id: str) -> Entry | None:
        return services.read(self.library, public_id, self._who)

    def answer(self, entry: Entry) -> Any:
        own = entry["id"] not in getattr(knowledge(), self.kind)
        return super().answer({**entry, "own": own})

    def create(self, request: Request) -> Response:
        row = self._kept(lambda fields: services.add(self.library, fields, by=self._who))
        return Response(self.answer(row.entry), status=status.HTTP_201_CREATED)

    @extend_schema(parameters=[ID])
    def partial_update(self, request: Request, id: str) -> Response:
        row = services.find(self.library, id, self._who)
        if row is None:
            raise exceptions.NotFound
        row = self._kept(lambda fields: services.change(self.library, row.pk, fields, by=self._who))
        return Response(self.answer(row.entry))

    def _kept(self, keep: Any) -> Any:
        serializer = self.get_serializer(data=self.request.data)
        serializer.is_valid(raise_exception=True)
        try:
            return keep(serializer.validated_data)
        except services.InvalidEntry as invalid:
            raise serializers.ValidationError(invalid.faults) from None

    @property
    def _who(self) -> Any:
        return self.request._request.membership


def shipped(kind: str) -> type[ShippedViewSet]:
    """Make the read-only view set of one kind."""
    return type(f"{kind.title().replace('_', '')}ViewSet", (ShippedViewSet,), {"kind": kind})


class ExerciseViewSet(LibraryViewSet):
    """Exercises, with the addresses of their pictures."""

    kind, library, serializer_class = "exercises", EXERCISES, CatalogueExerciseSerializer

    @extend_schema(parameters=[LANGUAGE, CONDITION, SEARCH, *EXERCISE_FILTERS])
    def list(self, request: Request) -> Response:
        return super().list(request)

    def answer(self, entry: Entry) -> Any:
        found = pictures.picture(entry["id"])
        shown = (
            {key: found[key] for key in ("moving", "panels", "still", "alt", "author", "licence")}
            if found
            else None
        )
        return super().answer({**entry, "picture": shown})


class ProtocolViewSet(LibraryViewSet):
    """Starter protocols."""

    kind, library, serializer_class = "protocols", PROTOCOLS, CatalogueProtocolSerializer

    @extend_schema(parameters=[LANGUAGE, CONDITION, SEARCH, EXERCISE_FILTERS[-1]])
    def list(self, request: Request) -> Response:
        return super().list(request)
