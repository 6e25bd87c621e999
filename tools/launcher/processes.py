"""Child processes that end when we do."""

import contextlib
import ctypes
import os
import pwd
import signal
import subprocess
import sys
import time
from pathlib import Path

PR_SET_PDEATHSIG = 1
LOG_KEPT = 5 * 2**20  # bytes of one log before it is put aside at the next start

_libc = ctypes.CDLL(None) if sys.platform == "linux" else None


def die_with_parent(parent: int, with_signal: int) -> None:
    """Ask the kernel for `with_signal` when our parent ends, however it ends. (macOS has no such thing.)"""
    if _libc:
        _libc.prctl(PR_SET_PDEATHSIG, with_signal)
        if os.getppid() != parent:  # it ended before we asked
            os._exit(1)


class Child:
    """A process of our own: in its own group, so that Ctrl-C reaches only us; with a log; stopped by its own signal."""

    def __init__(
        self,
        name: str,
        command: list[str],
        *,
        log: Path,
        env: dict[str, str],
        cwd: Path,
        user: pwd.struct_passwd | None = None,
        stop_signal: int = signal.SIGTERM,
        patience: float = 20,
    ) -> None:
        self.name, self.command, self.log = name, command, log
        self.env, self.cwd, self.user = env, cwd, user
        self.stop_signal, self.patience = stop_signal, patience
        self.process: subprocess.Popen[bytes] | None = None
        self.log_start = 0

    def start(self) -> None:
        if self.log.exists() and self.log.stat().st_size > LOG_KEPT:
            self.log.replace(self.log.with_suffix(".old.log"))
        us = os.getpid()
        with open(self.log, "ab") as out:
            self.log_start = out.tell()
            self.process = subprocess.Popen(
                self.command,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=out,
                env=self.env,
                cwd=self.cwd,
                process_group=0,
                # Python calls it after it has changed the user, which would take the death signal away again.
                preexec_fn=lambda: die_with_parent(us, self.stop_signal),
                **_as(self.user),
            )

    @property
    def pid(self) -> int:
        return self.process.pid

    def has_ended(self) -> bool:
        return self.process is None or self.process.poll() is not None

    def stop(self, *, hurry: bool = False) -> None:
        """Ask it to stop, wait, and then insist; take what is left of its group with it."""
        if self.process is None:
            return
        if not self.has_ended() and not hurry:
            self.process.send_signal(self.stop_signal)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(self.patience)
        self.kill_group()
        self.process.wait()

    def kill_group(self) -> None:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.pid, signal.SIGKILL)

    def last_lines(self, count: int = 12) -> list[str]:
        """Return the end of what it wrote since its last start."""
        with open(self.log, "rb") as log:
            log.seek(self.log_start)
            return log.read()[-20_000:].decode(errors="replace").splitlines()[-count:]


def run_as(
    command: list[str], *, user: pwd.struct_passwd | None, env: dict[str, str], cwd: Path = Path("/")
) -> "subprocess.CompletedProcess[str]":
    """Run a command to its end as `user`, with its output kept."""
    us = os.getpid()
    return subprocess.run(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        env=env,
        cwd=cwd,
        preexec_fn=lambda: die_with_parent(us, signal.SIGKILL),
        check=False,
        **_as(user),
    )


def _as(user: pwd.struct_passwd | None) -> dict:
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []} if user else {}


# --- what an earlier launcher left: it was killed, and its children are still on their way out -----------------------
def birth(pid: int) -> str:
    """Return when a process began, as text that no other process of this pid shares; "" when there is none."""
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
        return f"{boot}:{_stat(pid)[19]}"
    except OSError:
        pass
    if sys.platform == "linux":
        return ""
    done = subprocess.run(
        ["ps", "-o", "lstart=", "-p", str(pid)], capture_output=True, text=True, check=False
    )
    return done.stdout.strip()


def _stat(pid: int) -> list[str]:
    """Return /proc/<pid>/stat from its third field (the state) on; the second may hold blanks and brackets."""
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()


def clear_away(children: dict[str, tuple[int, str]], mark: str, patience: float = 15) -> None:
    """Wait until `children` (name → pid, birth) and their groups are gone; past `patience` seconds, end them.

    `mark` ("TONUS_DATA=/…") is looked for in a process's environment, before a group whose leader is gone is
    taken for ours.
    """
    deadline = time.monotonic() + patience
    for pid in (left := _left(children, mark)):
        _signal(pid, signal.SIGINT)  # where the kernel did not: macOS, or a worker whose master was killed
    while left and time.monotonic() < deadline:
        time.sleep(0.1)
        left = _left(children, mark)
    for pid in left:
        _signal(pid, signal.SIGKILL)


def _signal(pid: int, number: int) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.kill(pid, number)


def _left(children: dict[str, tuple[int, str]], mark: str) -> list[int]:
    return [pid for leader, born in children.values() for pid in _left_of(leader, born, mark)]


def _left_of(leader: int, born: str, mark: str) -> list[int]:
    if not born:
        return []
    if birth(leader) == born and not _is_zombie(leader):
        return [leader]
    return [pid for pid in _group(leader) if mark.encode() in _environment(pid).split(b"\0")]


def _is_zombie(pid: int) -> bool:
    try:
        return _stat(pid)[0] == "Z"
    except OSError:
        return False


def _group(leader: int) -> list[int]:
    members = []
    for entry in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError, IndexError):
            fields = _stat(int(entry.name))
            if fields[2] == str(leader) and fields[0] != "Z":
                members.append(int(entry.name))
    return members


def _environment(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/environ").read_bytes()
    except OSError:
        return b""
