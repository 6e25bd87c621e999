"""Where each role can go: the items of the side bar and of the patient's tabs, as plain data.

A person with several roles sees the union, in the order care, desk, admin. Addresses are names only: the shell
(clinic/context.py) resolves them, and leaves out what does not exist.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from clinic.access import Role, may


@dataclass(frozen=True, slots=True)
class Item:
    """One place to go: the name of its address, what it is called, its picture, and the capability it needs.

    With a `key`, G and then that letter goes there.
    """

    url_name: str
    label: Any
    icon: str
    capability: str
    key: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """Items under one heading; the main group has none."""

    label: Any
    items: tuple[Item, ...]


CASELOAD = Item("workspace:caseload", _("Caseload"), "home", "chart.read", "c")
CALENDAR = Item("scheduling:calendar", _("Calendar"), "calendar", "appointments.read", "d")
ARRIVALS = Item("scheduling:arrivals", _("Arrivals"), "sofa", "appointments.read")
PATIENTS = Item("patients:list", _("Patients"), "people", "patients.read", "p")
REMINDERS = Item("reminders:list", _("Reminders"), "bell", "reminders.read")
PROTOCOLS = Item("catalogue:protocols", _("Protocols"), "layers", "catalogue.read")
EXERCISES = Item("catalogue:exercises", _("Exercises"), "figure", "catalogue.read")
TREATMENTS = Item("catalogue:treatments", _("Treatments"), "bolt", "catalogue.read")
STAFF = Item("clinic:staff", _("Staff and roles"), "person", "staff.read")
ROOMS = Item("scheduling:resources", _("Rooms and devices"), "room", "resources.read")
SETTINGS = Item("clinic:settings", _("Clinic settings"), "gear", "clinic.read")
ACTIVITY = Item("clinic:activity", _("Activity log"), "list", "audit.read")
OUTBOX = Item("clinic:outbox", _("Outbox"), "inbox", "outbox.read")

MAIN, LIBRARY, SET_UP = "main", "library", "set-up"
HEADINGS = {MAIN: "", LIBRARY: _("Library"), SET_UP: _("Set-up")}

_CARE = {MAIN: (CASELOAD, CALENDAR, PATIENTS), LIBRARY: (PROTOCOLS, EXERCISES, TREATMENTS)}
MENUS: dict[str, dict[str, tuple[Item, ...]]] = {
    Role.PHYSIOTHERAPIST: _CARE,
    Role.ASSISTANT: _CARE,
    Role.FRONT_DESK: {MAIN: (CALENDAR, ARRIVALS, PATIENTS, REMINDERS), SET_UP: (ROOMS,)},
    Role.ADMIN: {
        MAIN: (CALENDAR, PATIENTS, REMINDERS),
        LIBRARY: (PROTOCOLS, EXERCISES, TREATMENTS),
        SET_UP: (STAFF, ROOMS, SETTINGS, ACTIVITY, OUTBOX),
    },
    Role.PATIENT: {
        MAIN: (
            Item("portal:today", _("Today"), "home", "me.read"),
            Item("portal:plan", _("My plan"), "book", "me.read"),
            Item("portal:appointments", _("My visits"), "calendar", "me.read"),
            Item("portal:help", _("Help"), "heart", "me.read"),
        )
    },
}


def groups_for(roles: Iterable[str]) -> list[Group]:
    """Return what somebody with `roles` (in the order of `Role`) may go to; groups without items are left out."""
    roles = tuple(roles)
    groups = []
    for key, heading in HEADINGS.items():
        offered = (item for role in roles for item in MENUS[role].get(key, ()))
        items = tuple(item for item in dict.fromkeys(offered) if may(roles, item.capability))
        if items:
            groups.append(Group(heading, items))
    return groups
