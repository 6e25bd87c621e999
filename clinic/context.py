"""What the frame of every page shows: navigation, theme, languages, who somebody may be, who can help."""

from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

from django.conf import settings
from django.db import DatabaseError
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.translation import get_language, get_language_info

from clinic.access import CAPABILITIES, Role
from clinic.middleware import identity_key
from clinic.models import THEMES, Membership
from clinic.navigation import OUTBOX, groups_for

THEME_COOKIE = "tonus_theme"


def shell(request: HttpRequest) -> dict[str, Any]:
    """Offer `shell` to templates; nothing of it is worked out before a page asks."""
    return {"shell": Shell(request)}


@lru_cache
def address(name: str) -> str:
    """Return the path of a page, or "" where there is none (yet): a link that leads nowhere is not shown."""
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""


@dataclass(frozen=True, slots=True)
class Link:
    url: str
    label: Any
    icon: str
    key: str


@dataclass(frozen=True, slots=True)
class Links:
    label: Any
    links: tuple[Link, ...]


@lru_cache
def menu(roles: tuple[str, ...]) -> tuple[Links, ...]:
    """Return the links of somebody with `roles`, in their groups; only to pages that exist."""
    absent = set() if settings.OUTBOX else {OUTBOX}
    groups = []
    for group in groups_for(roles):
        found = [(address(item.url_name), item) for item in group.items if item not in absent]
        links = tuple(Link(url, item.label, item.icon, item.key) for url, item in found if url)
        if links:
            groups.append(Links(group.label, links))
    return tuple(groups)


def languages() -> list[dict[str, Any]]:
    """Return the languages of the interface, the current one first, then by their English names."""
    now, names = get_language(), dict(settings.LANGUAGES)
    order = sorted(names, key=lambda code: (code != now, get_language_info(code)["name"]))
    return [{"code": code, "name": names[code], "current": code == now} for code in order]


class Shell:
    """The frame around one request's page. Costs no query, but for `helpers` on a refusal."""

    def __init__(self, request: HttpRequest) -> None:
        self.request = request
        self.membership = getattr(request, "membership", None)
        self.clinic = getattr(request, "clinic", None)

    @cached_property
    def theme(self) -> str:
        """`light`, `dark`, or "" for as the device: the account's choice, then that of this browser."""
        user = getattr(self.request, "user", None)
        chosen = getattr(user, "theme", "") or self.request.COOKIES.get(THEME_COOKIE, "")
        return chosen if chosen in dict(THEMES) else ""

    @cached_property
    def here(self) -> str:
        """The address of the link that this page is, or lies below; "" where there is none."""
        if self.membership is None:
            return ""
        urls = (link.url for group in menu(self.membership.roles) for link in group.links)
        return max((url for url in urls if self.request.path.startswith(url)), key=len, default="")

    @property
    def is_exact(self) -> bool:
        return self.here == self.request.path

    @cached_property
    def identities(self) -> list[dict[str, Any]]:
        """Everybody this user may be: `{"key", "name", "clinic", "roles", "current"}`. One: nothing to switch."""
        now = self.membership and identity_key(self.membership)
        return [
            {
                "key": identity_key(who),
                "name": who.name,
                "clinic": who.clinic_name,
                "roles": role_names(who.roles),
                "current": identity_key(who) == now,
                "is_patient": who.is_patient,
            }
            for who in getattr(self.request, "identities", [])
        ]

    @property
    def other_identities(self) -> list[dict[str, Any]]:
        return [who for who in self.identities if not who["current"]]

    @property
    def roles(self) -> str:
        return role_names(self.membership.roles) if self.membership else ""

    @property
    def find_url(self) -> str:
        may_find = self.membership and self.membership.may("patients.read")
        return address("patients:list") if may_find else ""

    @property
    def new_patient_url(self) -> str:
        may_add = self.membership and self.membership.may("patients.edit")
        return address("patients:new") if may_add else ""

    @property
    def privacy_url(self) -> str:
        return address("portal:privacy") if self.membership and self.membership.is_patient else ""

    @property
    def keep_alive_url(self) -> str:
        """What the browser of somebody who types for long asks, so that the server knows they are there."""
        return address("auth-me")

    @property
    def idle_seconds(self) -> int:
        """After how many idle seconds staff are signed out; 0: never (patients, nobody)."""
        is_staff = self.membership is not None and not self.membership.is_patient
        return settings.STAFF_IDLE_SECONDS if is_staff else 0

    @property
    def idle_minutes(self) -> int:
        return self.idle_seconds // 60

    # --- on a refusal -----------------------------------------------------------------------------------------------
    @cached_property
    def allowed_roles(self) -> str:
        """The names of the roles whose page this is; "" where the page does not say."""
        match = getattr(self.request, "resolver_match", None)
        capability = getattr(match and match.func, "capability", None)
        return role_names(role for role in Role if role in CAPABILITIES.get(capability, ()))

    @cached_property
    def helpers(self) -> list[str]:
        """The names of up to three admins of the clinic, for staff. One query."""
        if self.clinic is None or self.membership is None or self.membership.is_patient:
            return []
        admins = Membership.objects.for_clinic(self.clinic).filter(
            roles__contains=[Role.ADMIN], is_active=True
        )
        try:
            return [str(admin) for admin in admins.select_related("user").order_by("user__name")[:3]]
        except DatabaseError:  # the page refuses in any case; without a name it says "the clinic's admin"
            return []


def role_names(roles: Any) -> str:
    return ", ".join(str(Role(role).label) for role in roles)
