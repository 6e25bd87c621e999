"""What every document shares: whose it is, which clinic's, what it was made from, and the foot of each page."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from careplans.documents.words import day_said, moment, moment_said

Values = dict[str, Any]
Facts = Mapping[str, Any]


def sheet(content: Mapping[str, Any], facts: Facts, *, title: str, layout: str) -> Values:
    """Return the values that every template reads: language, layout, title, the document's date, head and foot.

    `content` is a plan's tree, `facts` as `services.documents` keeps them.
    """
    signed = moment(content["signed_at"], facts["clinic"]["timezone"])
    version = _("Plan version %d") % content["version"]
    patient, clinic = facts["patient"], facts["clinic"]
    signer = _("Signed by %(name)s on %(day)s") % {"name": facts["signer"], "day": moment_said(signed)}
    pages = _("page %(page)s of %(pages)s") % {"page": "{page}", "pages": "{pages}"}
    return {
        "lang": (get_language() or "en")[:2],
        "layout": layout,
        "title": title,
        "signed_at": [signed.year, signed.month, signed.day, signed.hour, signed.minute, signed.second],
        "head": {
            "clinic": clinic["name"],
            "contact": _address(clinic),
            "phone": together(clinic["phone"]),
            "patient": patient["name"],
            "number": patient["number"],
            "plan": version,
            "since": _("from %s") % day_said(content["start_date"]) if content["start_date"] else "",
        },
        "foot": {
            "who": f"{patient['name']}, {patient['number']}",
            "plan": version,
            "signer": signer,
            "pages": pages,
        },
    }


def _address(clinic: Mapping[str, Any]) -> str:
    """Return the address with the city, which people often wrote into it already."""
    parts = (clinic["address"], "" if clinic["city"] in clinic["address"] else clinic["city"])
    return ", ".join(part for part in parts if part)


def together(text: str) -> str:
    """Return a text that no line breaks, such as a phone number."""
    return text.replace(" ", "\u00a0")


def standing(status: str) -> str:
    """Return what a plan's status means for whoever holds the paper; "" while it runs."""
    return {
        "on-hold": _("This plan is on hold."),
        "superseded": _("This version is no longer in use. A newer one has taken its place."),
        "completed": _("This plan is completed."),
        "revoked": _("This plan was stopped."),
    }.get(status, "")
