"""Ways out of the clinic, one adapter per party. An adapter sends one message and says which id its provider gave it.

The database is the queue: an adapter never retries. It raises Undeliverable when trying again is useless (no such address),
Unreachable when nobody answers there, any other exception when this message may be tried again.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Protocol

from reminders.channels import email, in_app, sms
from reminders.channels.message import Message, Undeliverable, Unreachable

__all__ = ["Message", "Provider", "Undeliverable", "Unreachable", "open_channels", "send_now"]


class Provider(Protocol):
    def send(self, message: Message) -> str:
        """Send, and return the provider's id of the message."""
        ...


@dataclass(frozen=True)
class Channels:
    """The channels of one batch: the mail connection is opened once, and a provider found dead is not asked again."""

    providers: dict[str, Provider]
    down: dict[str, Unreachable] = field(default_factory=dict)

    def send(self, channel: str, message: Message) -> str:
        if channel in self.down:
            raise self.down[channel]
        try:
            return self.providers[channel].send(message)
        except Unreachable as down:
            self.down[channel] = down
            raise


@contextmanager
def open_channels() -> Iterator[Channels]:
    with email.Mail() as mail:
        yield Channels({"email": mail, "sms": sms.provider(), "in-app": in_app.InApp()})


def send_now(channel: str, message: Message) -> str:
    """Send one message that cannot wait for the queue (a sign-in code). Raises what the adapter raises."""
    with open_channels() as channels:
        return channels.send(channel, message)
