"""Addresses of careplans: its pages, and its part of the API."""

from django.urls import path
from rest_framework.routers import SimpleRouter

from careplans import views
from careplans.api import PlanViewSet

router = SimpleRouter(use_regex_path=False)
router.register("plans", PlanViewSet, basename="plans")

PLAN = "patients/<uuid:patient>/plan"
pages = (
    [
        path(f"{PLAN}/", views.plan, name="plan"),
        path(f"{PLAN}/start/", views.start, name="plan-start"),
        path(f"{PLAN}/draft/", views.draft, name="plan-draft"),
        path(f"{PLAN}/compare/<int:before>/<int:after>/", views.compare, name="plan-compare"),
        path(f"{PLAN}/<int:number>/", views.version, name="plan-version"),
        path(f"{PLAN}/<int:number>/amend/", views.amend, name="plan-amend"),
        path(f"{PLAN}/<int:number>/follow/", views.follow, name="plan-follow"),
    ],
    "careplans",
)
api = router.urls
