"""Keeps the children running, and stops them in order."""

import signal
import time
from collections import deque
from collections.abc import Callable

from .processes import Child, birth
from .refusal import Refused
from .state import State

RESTARTS, WITHIN = (
    3,
    60,
)  # a child may end this often within so many seconds; then something is wrong for good


class Supervisor:
    """Children in the order they were started. As a context it stops them, last first, whatever happened."""

    def __init__(self, state: State) -> None:
        self.state = state
        self.children: list[Child] = []
        self.ends: dict[str, deque[float]] = {}
        self.hurry = False

    def __enter__(self) -> "Supervisor":
        return self

    def __exit__(self, *_what: object) -> None:
        self.stop()

    def watch(self, child: Child, start: Callable[[], None] | None = None) -> None:
        """Start a child by `start` (or plainly), and answer for it from now on."""
        self.children.append(child)
        (start or child.start)()
        self._remember()

    def look(self) -> None:
        """Start again what has ended. Raises Refused with its last lines when it will not stay up."""
        for child in self.children:
            if not child.has_ended():
                continue
            child.kill_group()  # a web worker outlives its master
            ends = self.ends.setdefault(child.name, deque())
            ends.append(time.monotonic())
            while ends[0] < time.monotonic() - WITHIN:
                ends.popleft()
            if len(ends) > RESTARTS:
                told = "\n    ".join(child.last_lines())
                raise Refused(
                    f"{child.name} ended {len(ends)} times within {WITHIN} s, so everything stops. Its last lines:\n"
                    f"    {told}\n  The whole log: {child.log}"
                )
            print(
                f"tonus: {child.name} ended (exit {child.process.returncode}); starting it again", flush=True
            )
            time.sleep(0.5)  # let what it left behind go
            child.start()
            self._remember()

    def _remember(self) -> None:
        running = (child for child in self.children if not child.has_ended())
        self.state.remember({child.name: (child.pid, birth(child.pid)) for child in running})

    def stop(self) -> None:
        """Stop all, the last started first, each waited for. A second Ctrl-C stops waiting, except for the database."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._second_call)
        for child in reversed(self.children):
            child.stop(hurry=self.hurry and child.name != "postgres")
        self.children.clear()

    def _second_call(self, _number: int, _frame: object) -> None:
        self.hurry = True
        for child in self.children:
            if child.name in ("web", "worker") and child.process:
                child.kill_group()
