"""Addresses of the catalogue: the library's pages, and its part of the API."""

from django.urls import URLPattern, URLResolver, include, path
from rest_framework.routers import SimpleRouter

from catalogue.api import ExerciseViewSet, ProtocolViewSet, shipped

router = SimpleRouter()
router.register("exercises", ExerciseViewSet, "catalogue-exercise")
router.register("protocols", ProtocolViewSet, "catalogue-protocol")
for kind in ("conditions", "modalities", "measures", "flags", "rules", "red_flags"):
    router.register(kind.replace("_", "-"), shipped(kind), f"catalogue-{kind.replace('_', '-')}")

pages: tuple[list[URLPattern], str] = ([], "catalogue")
api: list[URLPattern | URLResolver] = [path("catalogue/", include(router.urls))]
