"""What this machine must have, and what a user may reach on it."""

import os
import platform
import pwd
import shutil
import sys
from importlib.util import find_spec
from pathlib import Path

from .refusal import Refused

GLIBC = (2, 34)  # the oldest that the wheels in the lock file run on


def check() -> None:
    """Raise Refused with the fix when this machine cannot run Tonus."""
    if platform.system() not in ("Linux", "Darwin"):
        raise Refused("Tonus runs on Linux and macOS; on Windows, use it inside WSL.")
    if sys.maxsize < 2**32:
        raise Refused("A 64-bit Python is needed and this one is 32-bit; install the 64-bit one.")
    if platform.system() == "Linux" and glibc() < GLIBC:
        raise Refused(
            "glibc 2.34 or newer is needed (Debian 12, Ubuntu 22.04, RHEL 9 have it); use such a system or a container of one."
        )


def check_venv() -> None:
    """Raise Refused when this Python cannot make a virtual environment."""
    if not (find_spec("venv") and find_spec("ensurepip")):
        raise Refused(
            "This Python cannot make virtual environments; on Debian and Ubuntu: apt install python3-venv"
        )


def glibc() -> tuple[int, ...]:
    """Return the C library's version, (0,) where it is another one (musl)."""
    try:
        words = (os.confstr("CS_GNU_LIBC_VERSION") or "").split()
        return tuple(int(part) for part in words[1].split("."))
    except (ValueError, IndexError, OSError):
        return (0,)


def need_room(folder: Path, megabytes: int) -> None:
    """Raise Refused when the disk of `folder` (which exists) has less than `megabytes` free."""
    free = shutil.disk_usage(folder).free // 2**20
    if free < megabytes:
        raise Refused(f"{folder} has {free} MB of disk left and {megabytes} MB are needed; make room there.")


def server_user() -> pwd.struct_passwd | None:
    """Return whom PostgreSQL runs as: nobody else but us, unless we are root, which it refuses to be."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise Refused(
        "PostgreSQL will not run as root and there is no user 'nobody' here; start Tonus as another user."
    )


def may(user: pwd.struct_passwd | None, path: Path, mode: int) -> bool:
    """Whether `user` (None: ourselves) may read, write or enter `path`; asked of the kernel, in a child that becomes them."""
    if user is None:
        return os.access(path, mode)
    child = os.fork()
    if child == 0:
        try:
            os.setgroups([])
            os.setgid(user.pw_gid)
            os.setuid(user.pw_uid)
            os._exit(0 if os.access(path, mode) else 1)
        finally:
            os._exit(2)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
