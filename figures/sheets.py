"""Contact sheets, to be looked at: panels, moving pictures as strips, in the dark, in black and white, mirrored. Needs Chromium."""

import html
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path

from figures.drawing import Drawing
from figures.reading import Figure

KINDS = ("panels", "still", "thumb", "strip", "dark", "print", "mirrored")
COLUMN = {
    "panels": 560,
    "still": 300,
    "thumb": 150,
    "strip": 1240,
    "dark": 560,
    "print": 560,
    "mirrored": 560,
}
STRIP_FRAMES = 5
CSS = (
    "body{{margin:0;font:13px sans-serif;background:{page};color:{ink};display:grid;gap:1px;"
    "grid-template-columns:repeat({columns},{width}px)}}figure{{margin:0;border:1px solid #8884;padding:4px}}"
    "div{{display:flex;justify-content:center;gap:4px}}img{{max-width:{share}%;max-height:{tall}px}}{extra}"
)


def sheet(figures: Sequence[Figure], kind: str, out: Path, columns: int = 0, names: bool = True) -> None:
    """Write a PNG with one cell per figure; `names` False hides what each is, for eyes that are to say it themselves."""
    width = COLUMN[kind]
    columns = columns or max(1, min(len(figures), 1240 // width))
    tall = 90 if kind == "thumb" else 225
    dark = kind == "dark"
    with tempfile.TemporaryDirectory() as folder:
        cells = "".join(
            f"<figure><div>{_cell(figure, kind, Path(folder))}</div>{html.escape(figure.id) if names else i + 1}</figure>"
            for i, figure in enumerate(figures)
        )
        css = CSS.format(
            page="#10191f" if dark else "#fff",
            ink="#eee" if dark else "#222",
            columns=columns,
            width=width - 10,
            tall=tall,
            share=100 // STRIP_FRAMES - 1 if kind == "strip" else 100,
            extra="img{filter:grayscale(1)}" if kind == "print" else "",
        )
        page = Path(folder) / "sheet.html"
        page.write_text(f"<!doctype html><meta charset=utf-8><style>{css}</style>{cells}", encoding="utf-8")
        rows = -(-len(figures) // columns)
        _shoot(page, out, columns * width, rows * (tall + 40), dark)


def _cell(figure: Figure, kind: str, folder: Path) -> str:
    drawing = Drawing(figure)
    if kind == "strip":  # moments of the moving picture, as the film would show them
        return "".join(_image(_moment(drawing, i), folder, f"{figure.id}-{i}") for i in range(STRIP_FRAMES))
    name = "panels" if kind in ("dark", "print", "mirrored") else kind
    left = kind == "mirrored" and figure.sides
    return _image(getattr(drawing, name)(left=left), folder, f"{figure.id}-{kind}")


def _moment(drawing: Drawing, i: int) -> str:
    """Return the moving picture set forward to a share of its loop."""
    at = drawing.seconds * (i + 0.15) / STRIP_FRAMES
    return drawing.moving().replace(
        ' repeatCount="indefinite"', f' repeatCount="indefinite" begin="-{at:.2f}s"'
    )


def _image(svg: str, folder: Path, name: str) -> str:
    (folder / f"{name}.svg").write_text(svg, encoding="utf-8")
    return f'<img src="{name}.svg">'


def _shoot(page: Path, out: Path, width: int, height: int, dark: bool) -> None:
    browser = next(
        (path for name in ("chromium", "chromium-browser", "google-chrome") if (path := shutil.which(name))),
        None,
    )
    if browser is None:
        raise SystemExit("Chromium is not on the path: it takes the picture of the sheet.")
    command = [
        browser, "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--no-first-run",
        f"--user-data-dir={page.parent}/browser", f"--window-size={width},{height}", f"--screenshot={out.resolve()}", page.as_uri(),
    ]  # fmt: skip
    if dark:
        command.insert(1, "--blink-settings=preferredColorScheme=0")
    subprocess.run(command, check=True, capture_output=True, timeout=180)  # noqa: S603 (our own page)
