"""Addresses of the catalogue: the library's pages, and its part of the API."""

from django.urls import URLPattern, URLResolver, include, path
from rest_framework.routers import SimpleRouter

from catalogue import own_views, reference_views, views
from catalogue.api import ExerciseViewSet, ProtocolViewSet, shipped

router = SimpleRouter(use_regex_path=False)
router.register("exercises", ExerciseViewSet, "catalogue-exercise")
router.register("protocols", ProtocolViewSet, "catalogue-protocol")
for kind in ("conditions", "modalities", "measures", "flags", "rules", "red_flags"):
    router.register(kind.replace("_", "-"), shipped(kind), f"catalogue-{kind.replace('_', '-')}")

pages: tuple[list[URLPattern], str] = (
    [
        path("exercises/", views.exercises, name="exercises"),
        path("exercises/new/", own_views.new_exercise, name="new-exercise"),
        path("exercises/<str:public_id>/", views.exercise, name="exercise"),
        path("exercises/<str:public_id>/change/", own_views.change_exercise, name="change-exercise"),
        path("exercises/<str:public_id>/retire/", own_views.retire_exercise, name="retire-exercise"),
        path("exercises/<str:public_id>/offer/", views.offer_exercise, name="offer-exercise"),
        path("protocols/", views.protocols, name="protocols"),
        path("protocols/new/", own_views.new_protocol, name="new-protocol"),
        path("protocols/<str:public_id>/", views.protocol, name="protocol"),
        path("protocols/<str:public_id>/change/", own_views.change_protocol, name="change-protocol"),
        path("protocols/<str:public_id>/retire/", own_views.retire_protocol, name="retire-protocol"),
        path("protocols/<str:public_id>/offer/", views.offer_protocol, name="offer-protocol"),
        path("treatments/", reference_views.treatments, name="treatments"),
        path("treatments/<slug:slug>/", reference_views.treatment, name="treatment"),
        path("measures/", reference_views.measures, name="measures"),
        path("measures/<slug:slug>/", reference_views.measure, name="measure"),
        path("red-flags/", reference_views.red_flags, name="red-flags"),
    ],
    "catalogue",
)
api: list[URLPattern | URLResolver] = [path("catalogue/", include(router.urls))]
