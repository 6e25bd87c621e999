"""Messages of the embedded default: files in `outbox/` instead of a mail server or an SMS provider."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.mail.backends.base import BaseEmailBackend

from clinic.ids import uuid7


def put(suffix: str, content: bytes) -> Path:
    """Write one message into the outbox and return its path; names sort by time."""
    folder = settings.OUTBOX
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{uuid7()}{suffix}"
    path.with_suffix(".part").write_bytes(content)
    return path.with_suffix(".part").rename(path)


class EmailBackend(BaseEmailBackend):
    """Writes each e-mail as one .eml file."""

    def send_messages(self, email_messages: Any) -> int:
        for message in email_messages:
            put(".eml", message.message().as_bytes())
        return len(email_messages)
