"""Open a clinic with its first admin; everything else is set up in the browser."""

from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.core.validators import validate_email
from django.db import IntegrityError, transaction

from clinic import tenancy
from clinic.access import Role
from clinic.ids import uuid7
from clinic.models import Clinic, Membership, User
from scheduling.models import AppointmentType

TYPES = (
    ("initial-assessment", "First assessment", 60),
    ("treatment", "Treatment", 45),
    ("review", "Review", 30),
)


class Command(BaseCommand):
    help = "Open a clinic with its first admin, who then chooses a password by mail."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--slug", required=True, help="its short name: letters, digits and -")
        parser.add_argument("--name", required=True)
        parser.add_argument("--admin", required=True, metavar="E-MAIL")
        parser.add_argument("--admin-name", default="")
        parser.add_argument("--timezone", default="Asia/Kolkata")
        parser.add_argument(
            "--country", default="IN", help="two letters; how national phone numbers are read"
        )

    def handle(self, *, slug: str, name: str, admin: str, admin_name: str, **more: Any) -> None:
        clinic = Clinic(pk=uuid7(), slug=slug, name=name, timezone=more["timezone"], country=more["country"])
        try:
            validate_email(admin)
            clinic.clean_fields()
            with tenancy.scope(clinic.pk), transaction.atomic():
                clinic.save(force_insert=True)
                AppointmentType.objects.bulk_create(
                    AppointmentType(clinic=clinic, code=code, name=label, minutes=minutes)
                    for code, label, minutes in TYPES
                )
                user = User.objects.filter(email__iexact=admin).first()
                user = user or User.objects.create_user(email=admin, name=admin_name or admin.split("@")[0])
                Membership.objects.create(clinic=clinic, user=user, roles=[Role.ADMIN])
        except ValidationError as wrong:
            raise CommandError(" ".join(wrong.messages)) from None
        except IntegrityError:
            raise CommandError(f"There is a clinic {slug} already.") from None
        self.stdout.write(
            f"{name} is open. {admin} chooses a password at {settings.BASE_URL}/password/reset/ and signs in."
        )
