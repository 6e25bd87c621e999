"""The virtual environment: exactly what a lock file names, checked by hash."""

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
    wanted = [_line(checkout / name, python) for name in COVERS[lock]]
    if python.exists() and stamp.exists():
        here = set(stamp.read_text().splitlines())
        wanted = [_line(checkout / name, python) for name in COVERS[lock]]
        if wanted[0] in here:
            return python
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
    _call([*pip, "--require-hashes", "-r", str(checkout / lock)], folder, f"Installing {lock}")
    stamp.write_text("\n".join(_line(checkout / name, python) for name in COVERS[lock]) + "\n")
    return python


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
