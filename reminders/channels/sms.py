"""Text messages: a provider's webhook in production, files in the outbox on the embedded default."""

import json
import urllib.request
from urllib.error import HTTPError

from django.conf import settings

from clinic import outbox
from reminders.channels.message import Message, Undeliverable, Unreachable


def provider() -> "Webhook | Files | Off":
    if settings.SMS_URL:
        return Webhook(settings.SMS_URL)
    return Files() if settings.OUTBOX is not None else Off()


class Webhook:
    """POST {"to", "text", "key"} as JSON to TONUS_SMS_URL; the answer's "id" is the provider's id."""

    def __init__(self, url: str) -> None:
        self.url = url

    def send(self, message: Message) -> str:
        if not message.to_phone:
            raise Undeliverable("no phone number")
        body = json.dumps({"to": message.to_phone, "text": message.body, "key": message.key}).encode()
        request = urllib.request.Request(  # noqa: S310  (the address is the clinic's own setting)
            self.url, data=body, headers={"Content-Type": "application/json", "Idempotency-Key": message.key}
        )
        try:
            with urllib.request.urlopen(request, timeout=15) as answer:  # noqa: S310
                return _id_in(answer.read()) or message.key
        except HTTPError as error:
            if error.code in (400, 404, 410, 422):
                raise Undeliverable(f"the SMS provider refused it ({error.code})") from None
            raise
        except OSError as nobody:  # no connection, or no answer in time
            raise Unreachable(type(getattr(nobody, "reason", nobody)).__name__) from nobody


def _id_in(answer: bytes) -> str:
    """Return the "id" of a provider's answer; it has taken the message, so whatever else it says is no fault."""
    try:
        found = json.loads(answer)
    except ValueError:
        return ""
    return str(found.get("id") or "") if isinstance(found, dict) else ""


class Files:
    """One .txt file per SMS in the outbox."""

    def send(self, message: Message) -> str:
        if not message.to_phone:
            raise Undeliverable("no phone number")
        content = f"To: {message.to_phone}\n\n{message.body}\n".encode()
        return outbox.put(".txt", content, message.clinic_id).stem


class Off:
    def send(self, _message: Message) -> str:
        raise Undeliverable("no SMS provider is set (TONUS_SMS_URL)")
