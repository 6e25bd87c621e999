"""The practice itself, and what it remembers of requests."""

import zoneinfo
from datetime import timedelta
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from clinic.ids import uuid7
from clinic.models.base import ClinicModel, track
from clinic.models.people import LANGUAGES, User


def validate_timezone(value: str) -> None:
    if value not in zoneinfo.available_timezones():
        raise ValidationError(_("Choose a time zone such as Asia/Kolkata."))


def weekdays_nine_to_six() -> list[dict[str, Any]]:
    return [{"weekday": day, "start": "09:00", "end": "18:00"} for day in range(1, 6)]


def all_languages() -> list[str]:
    return [code for code, _name in LANGUAGES]


@track
class Clinic(models.Model):
    """A practice: the unit of isolation. Its settings replace every assumption about country, clock and language.

    `hours` is a week of [{"weekday": 1..7 from Monday, "start": "HH:MM", "end": "HH:MM"}] in the clinic's zone.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    slug = models.SlugField(unique=True, max_length=60)
    name = models.CharField(_("name"), max_length=150)
    city = models.CharField(_("city"), max_length=100, blank=True)
    address = models.TextField(_("address"), blank=True)
    phone = models.CharField(_("phone"), max_length=20, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    timezone = models.CharField(
        _("time zone"), max_length=64, default="Asia/Kolkata", validators=[validate_timezone]
    )
    country = models.CharField(_("country"), max_length=2, default="IN")
    language = models.CharField(_("language"), max_length=8, choices=LANGUAGES, default="en")
    languages = ArrayField(models.CharField(max_length=8, choices=LANGUAGES), default=all_languages)
    emergency_number = models.CharField(_("emergency number"), max_length=20, default="112")
    crisis_line = models.CharField(_("crisis line"), max_length=20, default="14416", blank=True)
    hours = models.JSONField(_("opening hours"), default=weekdays_nine_to_six)
    quiet_from = models.TimeField(_("no messages from"), default="21:00")
    quiet_until = models.TimeField(_("no messages until"), default="07:00")
    cancel_notice_hours = models.PositiveSmallIntegerField(
        default=24, validators=[MaxValueValidator(24 * 14)]
    )
    last_patient_number = models.PositiveIntegerField(default=0, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.name

    @property
    def zone(self) -> zoneinfo.ZoneInfo:
        return zoneinfo.ZoneInfo(self.timezone)


ANSWERS_KEPT = timedelta(hours=24)


class IdempotencyKey(ClinicModel):
    """The first answer to a POST that may be sent twice, kept for 24 hours."""

    user = models.ForeignKey(User, models.CASCADE, related_name="+")
    key = models.CharField(max_length=200)
    route = models.CharField(max_length=200)
    body_sha256 = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField()
    answer = models.JSONField()
    created_at = models.DateTimeField(auto_now_add=True, db_index=True)

    class Meta(ClinicModel.Meta):
        constraints = [
            *ClinicModel.Meta.constraints,
            models.UniqueConstraint(fields=["clinic", "user", "key"], name="idempotency_key_once"),
        ]
