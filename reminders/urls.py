"""Addresses of reminders: the ledger page, and its part of the API."""

from django.urls import path
from rest_framework.routers import SimpleRouter

from reminders import api as reminders_api
from reminders import views

router = SimpleRouter(use_regex_path=False)
router.register("reminders", reminders_api.ReminderViewSet, basename="reminder")

pages = (
    [
        path("reminders/", views.ledger, name="list"),
        path("reminders/<uuid:pk>/retry/", views.retry, name="retry"),
    ],
    "reminders",
)
api = router.urls
