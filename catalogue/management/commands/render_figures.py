"""Draws the exercise pictures from figures/data into static/figures; --check only says what would change."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from figures.reading import Fault, read_all
from figures.release import differences, write


class Command(BaseCommand):
    help = "Draws the exercise pictures; commit what it writes together with the data."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--check", action="store_true", help="write nothing; fail when a file is not what the data draw"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            figures = read_all()
        except Fault as fault:
            raise CommandError(str(fault)) from fault
        changed = differences(figures) if options["check"] else write(figures)
        if options["check"] and changed:
            raise CommandError("Not what the data draw: " + ", ".join(changed))
        self.stdout.write(f"{len(figures)} exercises, {len(changed)} files changed.")
