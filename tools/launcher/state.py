"""The state folder (TONUS_DATA): the database, uploads, outbox, logs, and the key. One launcher at a time owns it."""

import fcntl
import hashlib
import json
import os
import pwd
import secrets
import shutil
import tempfile
import time
from pathlib import Path

from . import machine
from .refusal import Refused

ROOT_HOME = Path("/var/lib/tonus")  # where root's state goes: a checkout may be closed to PostgreSQL's user
SOCKET_PATH_MAX = 90  # of about 107 that a socket's path may have, less the name PostgreSQL adds
ROOM_MB = 300  # what a fresh database and its logs want
OWN_ROOM_MB = 50  # what static files, queue and logs want, where the database lies elsewhere


def folder_for(checkout: Path, *parts: str) -> Path:
    """Return TONUS_DATA, or its default: `var/` in the checkout, for root /var/lib/tonus/<hash of the checkout's path>."""
    if told := os.environ.get("TONUS_DATA"):
        base = Path(told).expanduser().absolute()
    elif os.geteuid() == 0:
        base = ROOT_HOME / _short_hash(checkout)
    else:
        base = checkout / "var"
    return base.joinpath(*parts)


class State:
    """One state folder. `path` is its own; `room` is where PostgreSQL's user keeps its things, nearly always the same."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.user: pwd.struct_passwd | None = None
        self.room = path
        self._lock: int | None = None

    def open(self) -> "State":
        """Make the folder, and what stands in it, with modes that let nobody else in. Raises Refused where it cannot be."""
        try:
            self.user = machine.server_user()
            self._make_folders()
        except OSError as error:
            raise Refused(
                f"The state folder {self.path} cannot be used: {(error.strerror or str(error)).lower()}; "
                "set TONUS_DATA to a folder that can be written."
            ) from None
        if not (self.room / "pg" / "PG_VERSION").exists():
            machine.need_room(self.room, ROOM_MB)
            machine.need_room(self.path, OWN_ROOM_MB)
        return self

    def _make_folders(self) -> None:
        mode = (
            0o711 if self.user else 0o700
        )  # PostgreSQL's user passes through; all that stands in it is closed
        self.path.mkdir(parents=True, exist_ok=True)
        self.path.chmod(mode)
        for name in ("log", "valkey", "done", "uploads", "outbox"):
            folder = self.path / name
            folder.mkdir(exist_ok=True)
            folder.chmod(0o700)
        self.room = self._find_room()
        self.sockets = self._socket_folder()

    def _find_room(self) -> Path:
        """Return a folder PostgreSQL's user can reach: the state folder, or one elsewhere that a link in it remembers."""
        if machine.may(self.user, self.path, os.X_OK):
            return self.path
        link = self.path / "pg-room"
        if not link.is_symlink() or not link.exists():
            ROOT_HOME.mkdir(mode=0o711, parents=True, exist_ok=True)
            home = ROOT_HOME / f"room-{secrets.token_hex(6)}"
            home.mkdir()
            home.chmod(0o711)
            link.unlink(missing_ok=True)
            link.symlink_to(home)
        room = link.resolve()
        if not machine.may(self.user, room, os.X_OK):
            raise Refused(
                f"PostgreSQL's user {self.user.pw_name} can reach neither {self.path} nor {room}; open one to it."
            )
        return room

    def _socket_folder(self) -> Path:
        folder = self.room / "run"
        if len(str(folder)) > SOCKET_PATH_MAX:
            folder = Path(tempfile.gettempdir()) / f"tonus-{_short_hash(self.path)}"
        self.give(folder)
        return folder

    def give(self, folder: Path) -> None:
        """Make `folder` one that PostgreSQL's user owns and nobody else enters."""
        folder.mkdir(mode=0o700, exist_ok=True)
        owner = self.user.pw_uid if self.user else os.geteuid()
        if folder.is_symlink() or folder.stat().st_uid not in (owner, os.geteuid()):
            raise Refused(f"{folder} belongs to somebody else; remove it and start again.")
        if self.user:
            os.chown(folder, self.user.pw_uid, self.user.pw_gid)
        folder.chmod(0o700)

    # --- one launcher at a time -------------------------------------------------------------------------------------
    def lock(self, what: str) -> None:
        """Own the folder until this process ends, or raise Refused with who owns it."""
        handle = os.open(self.path / "lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = os.read(handle, 500).decode(errors="replace").strip() or "another process"
            os.close(handle)
            raise Refused(
                f"{self.path} is in use by {holder}; stop that one, or set TONUS_DATA to another folder."
            ) from None
        os.ftruncate(handle, 0)
        os.pwrite(handle, f"`{what}` (pid {os.getpid()}, since {time.strftime('%d %b %H:%M')})\n".encode(), 0)
        self._lock = handle

    def is_locked(self) -> bool:
        """Whether a launcher owns this folder now, so that its servers are up."""
        try:
            handle = os.open(self.path / "lock", os.O_RDWR)
        except FileNotFoundError:
            return False
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        finally:
            os.close(handle)
        return False

    # --- kept values ------------------------------------------------------------------------------------------------
    def secret_key(self) -> str:
        """Return the key that signs sessions: TONUS_SECRET_KEY, or one made once and kept here."""
        if told := os.environ.get("TONUS_SECRET_KEY"):
            return told
        file = self.path / "secret-key"
        if not file.exists():
            draft = self.path / "secret-key.new"
            with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as out:
                out.write(secrets.token_urlsafe(50))
            draft.rename(file)
        return file.read_text().strip()

    def is_done(self, step: str, digest: str) -> bool:
        """Whether `step` was last done for exactly this input."""
        file = self.path / "done" / step
        return file.exists() and file.read_text() == digest

    def mark_done(self, step: str, digest: str) -> None:
        (self.path / "done" / step).write_text(digest)

    def forget_done(self, *kept: str) -> None:
        """After the database is new or replaced: do every step again that wrote into it."""
        for file in (self.path / "done").iterdir():
            if file.name not in kept:
                file.unlink()

    def forget_database(self) -> None:
        """Remove the database (of the tests, which may be left torn by a crash: it runs without fsync)."""
        shutil.rmtree(self.room / "pg", ignore_errors=True)
        self.forget_done()

    # --- what an earlier launcher left running ----------------------------------------------------------------------
    def remember(self, children: dict[str, tuple[int, str]]) -> None:
        (self.path / "children").write_text(json.dumps(children))

    def remembered(self) -> dict[str, tuple[int, str]]:
        try:
            return {
                name: (pid, born)
                for name, (pid, born) in json.loads((self.path / "children").read_text()).items()
            }
        except (FileNotFoundError, ValueError):
            return {}


def digest_of(*folders_and_files: Path, pattern: str = "*", extra: str = "") -> str:
    """Return one hash over names and contents of files; folders are walked, compiled Python passed over."""
    total = hashlib.sha256(extra.encode())
    for start in folders_and_files:
        files = [start] if start.is_file() else sorted(start.rglob(pattern))
        for file in files:
            if file.is_file() and "__pycache__" not in file.parts:
                total.update(f"{file}\0".encode())
                total.update(hashlib.sha256(file.read_bytes()).digest())
    return total.hexdigest()


def _short_hash(path: Path) -> str:
    return hashlib.sha256(str(path).encode()).hexdigest()[:12]
