"""People who sign in: users, the clinics they work for, and the tokens their programs use."""

from collections.abc import Iterator
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from clinic.access import Role
from clinic.ids import uuid7
from clinic.models.base import ClinicModel, track

LANGUAGES = [("en", "English"), ("bn", "বাংলা"), ("hi", "हिन्दी")]
THEMES = [("", _("As the device")), ("light", _("Light")), ("dark", _("Dark"))]
STAFF_ROLES = [role for role in Role if role != Role.PATIENT]


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str | None = None, password: str | None = None, **fields: Any) -> "User":
        """Make a user; without a password they sign in by one-time code only."""
        user = self.model(email=self.normalize_email(email) or None, **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str, **fields: Any) -> "User":
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)

    def get_by_natural_key(self, username: str | None) -> "User":  # type: ignore[override]
        return self.get(email__iexact=username)


class User(AbstractBaseUser, PermissionsMixin):
    """Somebody who signs in. Staff by e-mail; a patient by code to the address in their record, so without one here."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    email = models.EmailField(_("e-mail"), null=True, blank=True)
    name = models.CharField(_("name"), max_length=150)
    language = models.CharField(_("language"), max_length=8, choices=LANGUAGES, default="en")
    theme = models.CharField(_("colours"), max_length=8, choices=THEMES, default="", blank=True)
    is_staff = models.BooleanField(default=False, help_text=_("May open the Django admin."))
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(auto_now_add=True)
    signed_out_at = models.DateTimeField(
        null=True, blank=True, editable=False
    )  # sessions from before are void

    objects = UserManager()

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    class Meta:
        constraints = [models.UniqueConstraint(Lower("email"), name="user_email_once")]

    def __str__(self) -> str:
        return self.name

    def get_full_name(self) -> str:
        return self.name

    def get_session_auth_hash(self) -> str:
        """What a session must carry to be taken: it changes with the password, and when somebody is signed out everywhere."""
        return self._ending(super().get_session_auth_hash())

    def get_session_auth_fallback_hash(self) -> Iterator[str]:
        return map(self._ending, super().get_session_auth_fallback_hash())

    def _ending(self, digest: str) -> str:
        return f"{digest}{self.signed_out_at.timestamp()}" if self.signed_out_at else digest

    def sign_out_everywhere(self) -> None:
        """End every session and take away every token."""
        self.tokens.all().delete()
        self.signed_out_at = timezone.now()
        self.save(update_fields=["signed_out_at"])


@track
class Membership(ClinicModel):
    """A person on the staff of a clinic, with one or more roles; or invited to it, and then not active until they say yes.

    Who never said yes is known here by the name that was typed, `invited_as`, and not by that of their account.
    """

    user = models.ForeignKey(User, models.PROTECT, related_name="memberships")
    roles = ArrayField(models.CharField(max_length=20, choices=[(r.value, r.label) for r in STAFF_ROLES]))
    title = models.CharField(_("title"), max_length=30, blank=True)
    is_active = models.BooleanField(default=True)
    invited_at = models.DateTimeField(null=True, blank=True)
    invited_as = models.CharField(max_length=150, blank=True, db_default="")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta(ClinicModel.Meta):
        constraints = [
            *ClinicModel.Meta.constraints,
            models.UniqueConstraint(fields=["clinic", "user"], name="membership_once"),
            models.CheckConstraint(name="membership_has_a_role", condition=models.Q(roles__len__gte=1)),
            models.CheckConstraint(
                name="membership_staff_roles",
                condition=models.Q(roles__contained_by=[r.value for r in STAFF_ROLES]),
            ),
            models.CheckConstraint(
                name="membership_active_said_yes",
                condition=models.Q(is_active=False) | models.Q(invited_at=None, invited_as=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title} {self.name}".strip()

    @property
    def name(self) -> str:
        return self.invited_as or self.user.name


class Token(models.Model):
    """A bearer's key to the API. Only its SHA-256 is kept.

    `patient` is the patient it speaks for (none: the user's memberships; X-Clinic chooses). A `choosing` token comes after
    a one-time code and serves only to choose a person; `people` are those behind the address that asked for the code.
    """

    digest = models.CharField(max_length=64, primary_key=True)
    user = models.ForeignKey(User, models.CASCADE, null=True, related_name="tokens")
    patient = models.UUIDField(null=True)
    choosing = models.BooleanField(default=False)
    people = models.JSONField(default=list)
    shared_device = models.BooleanField(default=False)
    expires_at = models.DateTimeField(db_index=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="token_is_somebodys", condition=models.Q(user__isnull=False) | models.Q(choosing=True)
            )
        ]
