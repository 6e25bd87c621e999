"""Refusals: what a service raises when a rule of the clinic says no."""

from typing import Any


class RuleBroken(Exception):
    """A rule was broken: `code` is stable and for machines, the message is a whole translated sentence.

    The API answers 409 with `{"code", "detail", **extra}`; pages show the sentence.
    """

    code = "refused"

    def __init__(self, message: str, *, code: str | None = None, **extra: Any) -> None:
        super().__init__(message)
        if code:
            self.code = code
        self.message = message
        self.extra = extra

    def __str__(self) -> str:
        return str(self.message)
