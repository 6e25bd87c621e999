"""The virtual environment: exactly what a lock file names, checked by hash."""

import fcntl
import hashlib
import os
import subprocess
import sys
from pathlib import Path

from . import machine
from .refusal import Refused

RUN, DEV = "requirements.lock", "requirements-dev.lock"
COVERS = {RUN: [RUN], DEV: [DEV, RUN]}  # the second file is made on top of the first
ROOM_MB = 700


def prepare(checkout: Path, lock: str) -> Path:
    """Make `.venv` hold what `lock` names and return its python. Costs nothing when it does already.

    `.venv/.lock-sha256` says what is installed; it is taken away first and written last, so that a broken
    installation is never mistaken for a whole one.
    """
    folder = checkout / ".venv"
    python, stamp = folder / "bin" / "python", folder / ".lock-sha256"
    if _is_whole(checkout, lock, python, stamp):
        return python
    held = os.open(checkout, os.O_RDONLY)
    try:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            print("Another command is installing; waiting for it …", flush=True)
            fcntl.flock(held, fcntl.LOCK_EX)
        if not _is_whole(checkout, lock, python, stamp):
            _install(checkout, lock, python, stamp)
    finally:
        os.close(held)
    return python


def _is_whole(checkout: Path, lock: str, python: Path, stamp: Path) -> bool:
    return (
        python.exists()
        and stamp.exists()
        and _line(checkout / lock, python) in stamp.read_text().splitlines()
    )


def _install(checkout: Path, lock: str, python: Path, stamp: Path) -> None:
    folder = checkout / ".venv"
    machine.need_room(checkout, ROOM_MB)
    stamp.unlink(missing_ok=True)
    if not python.exists():
        machine.check_venv()
        print(f"Making {folder} …", flush=True)
        _call(
            [sys.executable, "-m", "venv", "--clear", str(folder)], folder, "Making the virtual environment"
        )
    if _quiet([str(python), "-m", "pip", "--version"]) != 0:
        _call([str(python), "-m", "ensurepip", "--upgrade"], folder, "Installing pip")
    print(f"Installing {lock} (first time: about half a minute on a good line) …", flush=True)
    pip = [str(python), "-m", "pip", "install", "--quiet", "--no-input", "--disable-pip-version-check"]
    # The lock names everything. Left to look for dependencies, pip takes a version that came out later for a package wanted with
    # an extra, and then refuses it because the lock has no hash of it.
    _call([*pip, "--require-hashes", "--no-deps", "-r", str(checkout / lock)], folder, f"Installing {lock}")
    stamp.write_text("\n".join(_line(checkout / name, python) for name in COVERS[lock]) + "\n")


def _line(lock: Path, python: Path) -> str:
    """Name what is installed: the lock's hash, and the Python it is installed for (a system upgrade may change it)."""
    digest = hashlib.sha256(lock.read_bytes()).hexdigest()
    return f"{digest}  {lock.name}  {os.path.realpath(python)}"


def _quiet(command: list[str]) -> int:
    return subprocess.run(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False
    ).returncode


def _call(command: list[str], folder: Path, what: str) -> None:
    """Run one step; when it fails, say its last error and where all of it is."""
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    if done.returncode == 0:
        return
    folder.mkdir(exist_ok=True)
    log = folder / "install.log"
    log.write_text(done.stdout)
    lines = [line.strip() for line in done.stdout.splitlines() if line.strip()]
    errors = [line for line in lines if line.startswith("ERROR:")] or lines[-1:] or ["no message"]
    raise Refused(f"{what} failed: {errors[-1].removeprefix('ERROR: ')} (all of it: {log})")
