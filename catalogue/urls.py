"""Addresses of the catalogue: the library's pages, and its part of the API."""

from django.urls import URLPattern, URLResolver, include, path
from rest_framework.routers import SimpleRouter

from catalogue import views
from catalogue.api import ExerciseViewSet, ProtocolViewSet, shipped

router = SimpleRouter(use_regex_path=False)
router.register("exercises", ExerciseViewSet, "catalogue-exercise")
router.register("protocols", ProtocolViewSet, "catalogue-protocol")
for kind in ("conditions", "modalities", "measures", "flags", "rules", "red_flags"):
    router.register(kind.replace("_", "-"), shipped(kind), f"catalogue-{kind.replace('_', '-')}")

pages: tuple[list[URLPattern], str] = (
    [
        path("exercises/", views.exercises, name="exercises"),
        path("exercises/<str:public_id>/", views.exercise, name="exercise"),
        path("exercises/<str:public_id>/offer/", views.offer_exercise, name="offer-exercise"),
        path("protocols/", views.protocols, name="protocols"),
        path("protocols/<str:public_id>/", views.protocol, name="protocol"),
        path("protocols/<str:public_id>/offer/", views.offer_protocol, name="offer-protocol"),
    ],
    "catalogue",
)
api: list[URLPattern | URLResolver] = [path("catalogue/", include(router.urls))]
