"""Ways out of the clinic, one adapter per party. An adapter sends one message and says which id its provider gave it.

The database is the queue: an adapter never retries. It raises Undeliverable when trying again is useless (no such address),
any other exception when it is not.
"""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Protocol

from reminders.channels import email, in_app, sms
from reminders.channels.message import Message, Undeliverable

__all__ = ["Message", "Provider", "Undeliverable", "open_channels", "send_now"]


class Provider(Protocol):
    def send(self, message: Message) -> str:
        """Send, and return the provider's id of the message."""
        ...


@dataclass(frozen=True)
class Channels:
    """The channels of one batch: the mail connection is opened once and used for every message in it."""

    email: Provider
    sms: Provider
    in_app: Provider

    def send(self, channel: str, message: Message) -> str:
        providers = {"email": self.email, "sms": self.sms, "in-app": self.in_app}
        return providers[channel].send(message)


@contextmanager
def open_channels() -> Iterator[Channels]:
    with ExitStack() as stack:
        mail = stack.enter_context(email.connection())
        yield Channels(email=email.Mail(mail), sms=sms.provider(), in_app=in_app.InApp())


def send_now(channel: str, message: Message) -> str:
    """Send one message that cannot wait for the queue (a sign-in code). Raises what the adapter raises."""
    with open_channels() as channels:
        return channels.send(channel, message)
