"""python -m figures check [ID …] | sizes [ID …] | draw FOLDER [ID …] | sheet KIND OUT.png [--blind] [ID …]"""

import argparse
import statistics
import sys
from pathlib import Path

from figures.checking import faults
from figures.drawing import KINDS, packed_size, pictures
from figures.reading import DATA, Fault, Figure, read, read_all
from figures.sheets import KINDS as SHEETS
from figures.sheets import sheet


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="python -m figures", description="Draws and checks exercise pictures."
    )
    tasks = parser.add_subparsers(dest="task", required=True)
    for name, text in (
        ("check", "look at every frame for faults"),
        ("sizes", "print the sizes of the pictures"),
    ):
        tasks.add_parser(name, help=text).add_argument("ids", nargs="*")
    draw = tasks.add_parser("draw", help="write the pictures into a folder")
    draw.add_argument("folder", type=Path)
    draw.add_argument("ids", nargs="*")
    show = tasks.add_parser("sheet", help="take a picture of many figures at once")
    show.add_argument("kind", choices=SHEETS)
    show.add_argument("out", type=Path)
    show.add_argument("--blind", action="store_true", help="numbers in place of names")
    show.add_argument("--columns", type=int, default=0)
    show.add_argument("ids", nargs="*")
    asked = parser.parse_args()
    if asked.task == "check":
        return check(asked.ids)
    figures = read_all(asked.ids)
    if asked.task == "sizes":
        sizes(figures)
    elif asked.task == "draw":
        asked.folder.mkdir(parents=True, exist_ok=True)
        for figure in figures:
            for kind, svg in pictures(figure).items():
                (asked.folder / f"{figure.id}-{kind}.svg").write_text(svg, encoding="utf-8")
    else:
        sheet(figures, asked.kind, asked.out, asked.columns, names=not asked.blind)
    return 0


def check(ids: list[str]) -> int:
    """Print each figure with its faults; return 1 when there are any."""
    bad = 0
    for name in ids or sorted(path.stem for path in DATA.glob("*.yaml")):
        try:
            found = faults(read(DATA / f"{name}.yaml"))
        except (Fault, ValueError, KeyError) as fault:
            found = [str(fault) if isinstance(fault, ValueError) else f"{type(fault).__name__} {fault}"]
        print(("FAULTY " if found else "ok     ") + name)
        for line in found[:14]:
            print("         " + line)
        bad += bool(found)
    return 1 if bad else 0


def sizes(figures: list[Figure]) -> None:
    """Print compressed sizes by kind: median and largest, in bytes."""
    packed: dict[str, list[tuple[int, str]]] = {kind: [] for kind in KINDS}
    for figure in figures:
        for kind, svg in pictures(figure).items():
            if kind in packed:
                packed[kind].append((packed_size(svg), figure.id))
    for kind, all_sizes in packed.items():
        median = statistics.median(size for size, _ in all_sizes)
        largest, name = max(all_sizes)
        print(
            f"{kind:8} {len(all_sizes)} pictures, compressed: median {median:.0f} B, largest {largest} B ({name})"
        )


if __name__ == "__main__":
    sys.exit(main())
