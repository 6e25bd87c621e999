"""What an adapter is given."""

from dataclasses import dataclass
from uuid import UUID


class Undeliverable(Exception):
    """This address or message will never be accepted; trying again is useless. The text holds no address."""


class Unreachable(Exception):
    """The provider cannot be reached: the rest of the batch need not wait for it too. The text holds no address."""


@dataclass(frozen=True, slots=True)
class Message:
    """One text for one person. `key` is the same for every try of the same message, so that a repeat is recognised."""

    key: str
    to_email: str = ""
    to_phone: str = ""
    subject: str = ""
    body: str = ""
    from_name: str = ""
    clinic_id: UUID | None = None  # whose message it is; None: of several
