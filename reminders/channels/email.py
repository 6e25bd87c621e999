"""E-mail through Django's SMTP settings."""

import smtplib
from contextlib import suppress
from email.utils import formataddr, parseaddr
from typing import Any, Self
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMessage, get_connection

from reminders.channels.message import Message, Undeliverable, Unreachable

GONE = (ConnectionError, TimeoutError, smtplib.SMTPServerDisconnected, smtplib.SMTPConnectError)


class Mail:
    """A mail connection that is opened with the first message and stays open for the batch (a context manager)."""

    def __init__(self) -> None:
        self.connection = get_connection()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: Any) -> None:
        self._close()

    def send(self, message: Message) -> str:
        if not message.to_email:
            raise Undeliverable("no e-mail address")
        try:
            self.connection.open()  # (once open, this does nothing; a message would else open and close its own)
        except OSError as nobody:  # an SMTPException is one too
            self._close()
            raise Unreachable(type(nobody).__name__) from nobody
        message_id = f"<{message.key}@{urlsplit(settings.BASE_URL).hostname or 'tonus'}>"
        try:
            self._mail(message, message_id).send()
        except smtplib.SMTPRecipientsRefused as refused:
            codes = [code for code, _text in refused.recipients.values()]
            if all(500 <= code < 600 for code in codes):
                raise Undeliverable(f"the mail server refused the address ({codes[0]})") from None
            raise
        except GONE:
            self._close()  # the next message opens it anew
            raise
        return message_id

    def _mail(self, message: Message, message_id: str) -> EmailMessage:
        _name, address = parseaddr(settings.DEFAULT_FROM_EMAIL)
        mail = EmailMessage(
            subject=message.subject,
            body=message.body,
            from_email=formataddr((message.from_name or "Tonus", address)),
            to=[message.to_email],
            headers={"Message-ID": message_id, "Auto-Submitted": "auto-generated"},
            connection=self.connection,
        )
        mail.clinic_id = message.clinic_id  # type: ignore[attr-defined]  # (for the outbox; it is no header and leaves nowhere)
        return mail

    def _close(self) -> None:
        with suppress(OSError):
            self.connection.close()
