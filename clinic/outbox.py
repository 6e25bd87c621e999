"""Messages of the embedded default: files in `outbox/` instead of a mail server or an SMS provider.

A file's name carries the clinic whose message it is, so that an admin reads those of their own clinic and no others: a code or
a link in a message lets somebody in. What belongs to several clinics, or to none, is in the folder and on nobody's page.
"""

from datetime import datetime
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.mail.backends.base import BaseEmailBackend
from django.utils import timezone

from clinic.ids import uuid7

SHOWN = 100


def put(suffix: str, content: bytes, clinic_id: UUID | None = None) -> Path:
    """Write one message into the outbox and return its path; names sort by time."""
    folder = settings.OUTBOX
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{uuid7()}_{clinic_id or 'nobody'}{suffix}"
    path.with_suffix(".part").write_bytes(content)
    return path.with_suffix(".part").rename(path)


class EmailBackend(BaseEmailBackend):
    """Writes each e-mail as one .eml file. `clinic_id`, set on the message, says whose it is."""

    def send_messages(self, email_messages: Any) -> int:
        for message in email_messages:
            put(".eml", message.message().as_bytes(), getattr(message, "clinic_id", None))
        return len(email_messages)


def newest(clinic_id: UUID) -> list[dict[str, Any]]:
    """Return a clinic's last 100 messages, newest first: {"id", "at", "kind", "to", "subject", "body"}."""
    files = sorted(settings.OUTBOX.glob(f"*_{clinic_id}.*"), reverse=True)
    return [_read(path) for path in files if path.suffix in (".eml", ".txt")][:SHOWN]


def _read(path: Path) -> dict[str, Any]:
    raw = path.read_bytes()
    at = datetime.fromtimestamp(path.stat().st_mtime, tz=timezone.get_current_timezone())
    found = {"id": path.stem, "at": at, "kind": "SMS", "subject": ""}
    if path.suffix == ".txt":
        head, _line, body = raw.decode().partition("\n\n")
        return found | {"to": head.removeprefix("To: "), "body": body}
    mail = message_from_bytes(raw, policy=policy.default)
    part = mail.get_body(preferencelist=("plain",))
    body = part.get_content() if part else ""
    return found | {"kind": "E-mail", "to": mail["To"], "subject": mail["Subject"], "body": body}
