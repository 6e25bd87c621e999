from clinic.models.base import ClinicModel, ClinicQuerySet, SharedOrOwnModel, SharedOrOwnQuerySet, track
from clinic.models.people import LANGUAGES, THEMES, Membership, Token, User
from clinic.models.practice import Clinic, IdempotencyKey

__all__ = [
    "LANGUAGES",
    "THEMES",
    "Clinic",
    "ClinicModel",
    "ClinicQuerySet",
    "IdempotencyKey",
    "Membership",
    "SharedOrOwnModel",
    "SharedOrOwnQuerySet",
    "Token",
    "User",
    "track",
]
