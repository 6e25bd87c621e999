"""manage.py load_catalogue: check the clinical knowledge in catalogue/data and bring it into the database."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import ProgrammingError

from catalogue import loading, reading
from catalogue.shapes import Problem
from catalogue.validation import problems


class Command(BaseCommand):
    help = "Check the clinical knowledge and load it. Can be repeated; what left the files is retired, not deleted."

    requires_system_checks = []  # the files need no addresses and no settings of the web

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--check", action="store_true", help="only check the files; the database is not touched"
        )
        parser.add_argument("--data", type=Path, default=reading.DATA, help="another folder of .yaml files")

    def handle(self, *_args: Any, check: bool, data: Path, verbosity: int, **_options: Any) -> None:
        try:
            content = reading.read(data)
            if check:
                self._check(content, verbosity)
                return
            report = loading.load(content)
        except (reading.Unreadable, loading.Invalid) as wrong:
            raise self._refusal(wrong.problems) from None
        except ProgrammingError as error:
            if "permission denied" in str(error) or "row-level security" in str(error):
                raise CommandError("Loading is the owner's work: set TONUS_AS_OWNER=1.") from None
            raise
        if verbosity:
            for table, count in report.counts.items():
                self.stdout.write(f"{table}: {count}")
            state = "new" if report.is_new else "as before"
            self.stdout.write(f"version {report.version.pk} ({report.version.content_sha256[:12]}), {state}")

    def _check(self, content: reading.Content, verbosity: int) -> None:
        if found := problems(content):
            raise self._refusal(found)
        if verbosity:
            self.stdout.write("The clinical knowledge is consistent.")

    def _refusal(self, found: list[Problem]) -> CommandError:
        for problem in found:
            self.stderr.write(str(problem))
        return CommandError(f"Problems in the clinical knowledge: {len(found)}. Nothing was loaded.")
