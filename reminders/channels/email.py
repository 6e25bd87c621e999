"""E-mail through Django's SMTP settings."""

import smtplib
from contextlib import closing
from email.utils import formataddr, parseaddr
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMessage, get_connection

from reminders.channels.message import Message, Undeliverable


def connection() -> Any:
    """Return a mail connection that stays open for a batch (a context manager)."""
    return closing(get_connection())


class Mail:
    def __init__(self, connection: Any) -> None:
        self.connection = connection

    def send(self, message: Message) -> str:
        if not message.to_email:
            raise Undeliverable("no e-mail address")
        message_id = f"<{message.key}@{urlsplit(settings.BASE_URL).hostname or 'tonus'}>"
        _name, address = parseaddr(settings.DEFAULT_FROM_EMAIL)
        mail = EmailMessage(
            subject=message.subject,
            body=message.body,
            from_email=formataddr((message.from_name or "Tonus", address)),
            to=[message.to_email],
            headers={"Message-ID": message_id, "Auto-Submitted": "auto-generated"},
            connection=self.connection,
        )
        try:
            mail.send()
        except smtplib.SMTPRecipientsRefused as refused:
            codes = [code for code, _text in refused.recipients.values()]
            if all(500 <= code < 600 for code in codes):
                raise Undeliverable(f"the mail server refused the address ({codes[0]})") from None
            raise
        return message_id
