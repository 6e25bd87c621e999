"""Addresses of careplans: its pages, and its part of the API."""

from django.urls import URLPattern
from rest_framework.routers import SimpleRouter

from careplans.api import PlanViewSet

router = SimpleRouter(use_regex_path=False)
router.register("plans", PlanViewSet, basename="plans")

pages: tuple[list[URLPattern], str] = ([], "careplans")
api: list[URLPattern] = router.urls
