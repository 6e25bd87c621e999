"""Fill the database with two demo clinics, or bring them up to today."""

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from workspace.demo.loading import load


class Command(BaseCommand):
    help = "Load the demo clinics (made-up people, 12 weeks of care); again: adds only what a new day brings."

    def handle(self, *_args: Any, **_options: Any) -> None:
        load(timezone.now())
