"""The files that a release serves: all pictures in `static/figures`, and `manifest.json`, which lists them with hash and size."""

import hashlib
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from figures.drawing import Drawing, pictures
from figures.reading import Figure

MANIFEST = Path(__file__).parent / "manifest.json"
STATIC = Path(__file__).parent.parent / "static" / "figures"


def file_name(figure_id: str, kind: str) -> str:
    """Return the name of a picture's file: bird-dog.svg, bird-dog-panels.svg, bird-dog-left.svg, bird-dog-left-panels.svg …"""
    parts = [figure_id]
    if kind.startswith("left-"):
        parts.append("left")
    if not kind.endswith("moving"):
        parts.append(kind.removeprefix("left-"))
    return "-".join(parts) + ".svg"


def render(figures: Iterable[Figure]) -> tuple[dict[str, str], dict[str, Any]]:
    """Return every file's text by name, and the manifest."""
    files: dict[str, str] = {}
    manifest: dict[str, Any] = {}
    for figure in figures:
        drawing, listed = Drawing(figure), {}
        for kind, svg in pictures(figure, drawing).items():
            files[file_name(figure.id, kind)] = svg
            width, height = drawing.size(kind.removeprefix("left-"))
            digest = hashlib.sha256(svg.encode()).hexdigest()
            listed[kind] = {"hash": digest, "width": width, "height": height}
        manifest[figure.id] = {
            "alt": figure.alt,
            "author": figure.author,
            "licence": figure.licence,
            "sides": figure.sides,
            "files": listed,
        }
    return files, manifest


def written(manifest: dict[str, Any]) -> str:
    return json.dumps(manifest, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def differences(figures: Iterable[Figure]) -> list[str]:
    """Return the names of files that are not what the data draw: changed, missing or left over."""
    return _differences(*render(figures))


def _differences(files: dict[str, str], manifest: dict[str, Any]) -> list[str]:
    held = {path.name: path.read_text(encoding="utf-8") for path in STATIC.glob("*.svg")}
    found = sorted(name for name in files.keys() | held.keys() if files.get(name) != held.get(name))
    if not MANIFEST.exists() or MANIFEST.read_text(encoding="utf-8") != written(manifest):
        found.append(MANIFEST.name)
    return found


def write(figures: Iterable[Figure]) -> list[str]:
    """Write what differs; files of figures that are gone are deleted. Return the names of what changed."""
    files, manifest = render(figures)
    changed = _differences(files, manifest)
    STATIC.mkdir(parents=True, exist_ok=True)
    for name in changed:
        if name == MANIFEST.name:
            MANIFEST.write_text(written(manifest), encoding="utf-8")
        elif name in files:
            (STATIC / name).write_text(files[name], encoding="utf-8")
        else:
            (STATIC / name).unlink()
    return changed
