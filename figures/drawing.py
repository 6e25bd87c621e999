"""A figure becomes SVG: moving, in panels, still, and small for lists; each for the right side and, mirrored, for the left.

No script, no style attribute, no text, no outside link. Colours are presentation attributes; a media query has those of the dark.
"""

import gzip
import re
from collections.abc import Sequence
from functools import cached_property
from math import atan2, cos, degrees, hypot, pi, radians, sin
from typing import Any

from figures import motion
from figures.body import Group
from figures.colours import COLOURS, DARK_RULES, INK
from figures.hand_scene import HandScene
from figures.reading import Figure
from figures.scene import Moment, Scene, SceneBase
from figures.shapes import Shape, extent, hull_path, hull_samples, number, numbers, path, smooth

# of one panel, in pixels: who stands needs less width, who lies less height
WIDTHS = (240, 360)
HAND_WIDTHS = (170, 360)  # a hand upright is narrow
HEIGHTS = (150, 270)
MARGIN, GAP = 16, 8
SCALE_LIMIT = 3.2  # pixels for one percent of body height
INK_WIDTH = 1.5
KINDS = ("moving", "panels", "still", "thumb")
THUMB_EDGE = 8  # pixels around who is shown in a thumbnail
BEND = (0, 0.25, 0.5, 0.75, 1)  # where a bent arrow's course is drawn through
SIZE_LIMITS = {
    "moving": (90_000, 12_000),
    "panels": (40_000, 6_000),
    "still": (26_000, 5_000),
    "thumb": (18_000, 4_000),
}  # bytes: raw, gzip

# Digits as strokes, 12 high around (0, 0): pictures hold no text, which paper could not set.
DIGITS = {
    1: "M-2.6-3.4L.6-6V6",
    2: "M-3.4-3.2C-3-7.4 3.6-7 3.4-2.8C3.2 .2-2.6 2.6-3.4 6H3.8",
    3: "M-3.2-5.9H3.2L-.4-1.4C4.8-1.6 4.6 6 0 6C-1.8 6-3 5.2-3.6 3.8",
}


class Stage:
    """From picture units (percent of body height, y up) to pixels (y down), so that everything that moves is inside."""

    def __init__(self, figure: Figure, bounds: tuple[float, float, float, float], on_floor: bool) -> None:
        frame = figure.frame
        left, low, right, high = bounds
        low = frame.get("bottom", 0 if on_floor else low)
        high, left, right = frame.get("top", high), frame.get("left", left), frame.get("right", right)
        room = HEIGHTS[1] - 2 * MARGIN
        self.scale = frame.get("zoom", 1) * min(
            SCALE_LIMIT, (WIDTHS[1] - 2 * MARGIN) / (right - left), room / (high - low)
        )
        self.middle = (left + right) / 2 + frame.get("shift", 0)
        self.width = _within(
            HAND_WIDTHS if figure.rig == "hand" else WIDTHS, (right - left) * self.scale + 2 * MARGIN
        )
        self.height = _within(HEIGHTS, (high - low) * self.scale + 2 * MARGIN)
        # what is cut off below (a seat, a bed) runs to the edge; what stands there keeps its margin
        self.base = self.height - (0 if "bottom" in frame else MARGIN)
        self.low = low

    def point(self, p: tuple[float, float]) -> tuple[float, float]:
        return (
            self.width / 2 + (p[0] - self.middle) * self.scale,
            self.base - (p[1] - self.low) * self.scale,
        )

    def shape(self, shape: Shape) -> Shape:
        kind, data = shape
        if kind == "hull":
            return (kind, [(self.point(p), r * self.scale) for p, r in data])
        return (kind, [self.point(p) for p in data])


class Drawing:
    """The pictures of one figure."""

    def __init__(self, figure: Figure) -> None:
        self.figure = figure
        self.scene: SceneBase = HandScene(figure) if figure.rig == "hand" else Scene(figure)
        self.camera = self.scene.camera
        self.prefix = re.sub(r"[^a-z0-9]", "", figure.id)
        for in_all in motion.IN_ALL:
            self._take(in_all)
            moving, (raw, packed) = self.moving(), SIZE_LIMITS["moving"]
            if len(moving) <= raw and packed_size(moving) <= packed:
                break

    def _take(self, in_all: int) -> None:
        self.frames, self.seconds = self.scene.timeline(in_all)
        self.moments = [self.scene.moment(frame.pose) for frame in self.frames]
        self.named = {name: self.scene.moment(pose) for name, pose in self.scene.poses.items()}
        bounds = self.scene.bounds(self.moments)
        on_floor = self.figure.floor and not self.camera.sees_ground
        self.stage = Stage(self.figure, self._with_arrows(bounds), on_floor)
        self.width, self.height = self.stage.width, self.stage.height

    # --- the four pictures -----------------------------------------------------------------------------------------------
    def moving(self, left: bool = False) -> str:
        times = ";".join(_share(frame.seconds / self.seconds) for frame in self.frames)
        timing = f' keyTimes="{times}" dur="{number(self.seconds)}s" repeatCount="indefinite"'
        people = self._people(self.moments, "m", self._behind("", timing), timing=timing)
        return self._svg(self.width, self._sided(people + self._before("", timing), left))

    def still(self, left: bool = False) -> str:
        figure = self.figure
        things = self._behind(figure.show)
        if figure.ghost:
            things += self._ghost(self.named[figure.start])
        body = self._people([self.named[figure.show]], "s", things, name=figure.show)
        body += self._before(figure.show)
        body += self._arrows(figure.show, last=True)
        return self._svg(self.width, self._sided(body, left))

    def thumb(self, left: bool = False) -> str:
        """Return the still for small places: who does it fills it, without shadow and arrows, which would only be clutter."""
        show = self.figure.show
        body = self._people([self.named[show]], "t", self._behind(show), name=show) + self._before(show)
        x, y, width, height = self._close
        if left:
            x = self.width - x - width
        return self._svg(width, self._sided(body, left), (x, y, height))

    @cached_property
    def _close(self) -> tuple[int, int, int, int]:
        """Return (x, y, width, height) of the part of the picture that a thumbnail shows, four to three where there is room."""
        left, low, right, high = self.scene.bounds([self.named[self.figure.show]], things=False)
        (x0, y1), (x1, y0) = self.stage.point((left, low)), self.stage.point((right, high))
        x0, y0, x1, y1 = x0 - THUMB_EDGE, y0 - THUMB_EDGE, x1 + THUMB_EDGE, y1 + THUMB_EDGE
        y1 = max(y1, self.height) if self.height - y1 < MARGIN + THUMB_EDGE else y1
        wide, tall = max(x1 - x0, (y1 - y0) * 4 / 3), max(y1 - y0, (x1 - x0) * 3 / 4)
        width, height = min(round(wide), self.width), min(round(tall), self.height)
        x = min(max(0, round((x0 + x1 - width) / 2)), self.width - width)
        y = min(max(0, round((y0 + y1 - height) / 2)), self.height - height)
        return x, y, width, height

    def panels(self, left: bool = False) -> str:
        names, out = self.figure.panels, ""
        around: dict[str, str] = {}  # what stands around is written once and used again
        for i, name in enumerate(names):
            marked = i > 0 or self.figure.mark_all
            things = self._once(self._behind(name), around)
            inner = self._people([self.named[name]], f"p{i}", things, marked=marked, name=name)
            inner += self._once(self._before(name), around) + self._arrows(name, last=i == len(names) - 1)
            out += (
                f'<g transform="translate({i * (self.width + GAP)})"><g clip-path="url(#{self.prefix}c)">'
                f"{self._sided(inner, left)}</g>"
                '<circle cx="22" cy="22" r="13" fill="#33424d" class="fx-badge"/>'
                f'<path d="{DIGITS[i + 1]}" transform="translate(22 22)" fill="none" stroke="#fff" stroke-width="2.4"'
                ' stroke-linecap="round" stroke-linejoin="round" class="fx-digit"/></g>'
            )
        for i in range(1, len(names)):
            x = number(i * (self.width + GAP) - GAP / 2)
            rule = f"M{x} 14V{self.height - 14}"
            out += f'<path d="{rule}" stroke="#c7d0d6" stroke-width="1.4" class="fx-rule"/>'
        clip = f'<clipPath id="{self.prefix}c"><path d="M0 0H{self.width}V{self.height}H0Z"/></clipPath>'
        return self._svg(len(names) * self.width + (len(names) - 1) * GAP, clip + out)

    def _once(self, body: str, written: dict[str, str]) -> str:
        """Return markup under a name, or, when it has been written before, a use of it."""
        if not body or body in written:
            return written.get(body, "")
        key = f"{self.prefix}b{len(written)}"
        written[body] = f'<use href="#{key}"/>'
        return f'<g id="{key}">{body}</g>'

    def size(self, kind: str) -> tuple[int, int]:
        """Return (width, height) of a picture in pixels."""
        if kind == "thumb":
            return self._close[2:]
        count = len(self.figure.panels) if kind == "panels" else 1
        return count * self.width + (count - 1) * GAP, self.height

    def _svg(self, width: int, body: str, part: tuple[int, int, int] | None = None) -> str:
        """Return the file; `part` is (x, y, height) of what is shown where that is not all."""
        x, y, height = part or (0, 0, self.height)
        rules = "".join(rule for name, rule in DARK_RULES.items() if f'class="fx-{name}"' in body)
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{x} {y} {width} {height}" width="{width}"'
            f' height="{height}"><style>@media screen and (prefers-color-scheme:dark){{{rules}}}</style>{body}</svg>\n'
        )

    def _sided(self, body: str, left: bool) -> str:
        """The body is built alike on both sides, so the mirror image is the exercise of the other side."""
        return f'<g transform="matrix(-1 0 0 1 {self.width} 0)">{body}</g>' if left else body

    # --- around the people -----------------------------------------------------------------------------------------------
    def _behind(self, pose: str, timing: str = "") -> str:
        """Return the ground and what stands behind people: in a pose, or, with `timing`, all the time."""
        out = ""
        if self.figure.floor and self.camera.sees_ground:
            out += self._ground()
        elif self.figure.floor and "bottom" not in self.figure.frame:
            y = number(self.stage.point((0, 0))[1] + 0.8)
            line = f'stroke="{COLOURS["floor"]}" stroke-width="1.6" stroke-linecap="round"'
            out += f'<path d="M8 {y}H{self.width - 8}" {line} class="fx-floor"/>'
        return out + "".join(self._things(prop.back, prop.only, pose, timing) for prop in self.scene.props)

    def _before(self, pose: str, timing: str = "") -> str:
        return "".join(
            self._things(prop.front, prop.only, pose, timing) for prop in self.scene.props if prop.front
        )

    def _ground(self) -> str:
        feet = [m.people["patient"] for m in self.moments]
        places = [p[name] for p in feet for name in ("ankle_r", "ankle_l", "pelvis")]
        x = (min(p[0] for p in places) + max(p[0] for p in places)) / 2
        z = (min(p[2] for p in places) + max(p[2] for p in places)) / 2
        cx, cy = self.stage.point(self.camera.xy((x, 0, z)))
        radius = 36 * self.stage.scale
        radii = f'rx="{number(radius)}" ry="{number(radius * sin(radians(self.camera.pitch)))}"'
        fill = f'fill="{COLOURS["ground"]}" class="fx-ground"'
        return f'<ellipse cx="{number(cx)}" cy="{number(cy)}" {radii} {fill}/>'

    def _things(self, solids: Sequence[Any], only: str, pose: str, timing: str) -> str:
        if only and pose and pose != only:
            return ""
        out = self._fade(only, timing) if only and timing else ""
        for solid in solids:
            if hasattr(solid, "lines"):
                for colour, shape, width in solid.lines(self.camera):
                    line = f'fill="none" stroke="{COLOURS[colour]}" stroke-width="{number(width)}"'
                    out += f'<path d="{path(self.stage.shape(shape))}" {line}/>'
                continue
            for colour, shape in solid.shapes(self.camera):
                edge = (
                    f' stroke="{INK}" stroke-width="1.2" stroke-linejoin="round"'
                    if colour not in ("wall", "rice", "grain")
                    else ""
                )
                out += f'<path d="{path(self.stage.shape(shape))}" fill="{COLOURS[colour]}"{edge} class="fx-{colour}"/>'
        return f"<g>{out}</g>"

    # --- people ----------------------------------------------------------------------------------------------------------
    def _ghost(self, moment: Moment) -> str:
        """Return the start pose of the patient as a pale shadow."""
        groups = [g for g in moment.groups if not g.id.startswith("h") or g.id == "hd"]
        shapes = [s for g in groups for _, part in g.union for s in part]
        parts = "".join(f'<path d="{path(self.stage.shape(shape))}"/>' for shape in shapes)
        return f'<g class="fx-ghost" fill="#8fa0ab" opacity=".28">{parts}</g>'

    def _people(
        self,
        moments: list[Moment],
        which: str,
        things: str,
        timing: str = "",
        marked: bool = True,
        name: str = "",
    ) -> str:
        """Return the people in one pose, or, with `timing`, in many; between them `things`, behind which a helper may stand."""
        groups = [
            self._group([m.groups[i] for m in moments], which, timing, marked, name)
            for i in range(len(moments[0].groups))
        ]
        beyond = moments[0].beyond
        shown = [i for i, group in enumerate(moments[0].groups) if group.clip]
        if shown:  # a reflection: pale, within its glass; its groups follow each other
            key, glass = f"{self.prefix}{which}glass", moments[0].groups[shown[0]].clip
            clip = f'<clipPath id="{key}"><path d="{path(self.stage.shape(glass))}"/></clipPath>'  # type: ignore[arg-type]
            groups[shown[0]] = f'{clip}<g clip-path="url(#{key})"><g opacity=".8">' + groups[shown[0]]
            groups[shown[-1]] += "</g></g>"
        return "".join([*groups[:beyond], things, *groups[beyond:]])

    def _group(self, over_time: list[Group], which: str, timing: str, marked: bool, name: str) -> str:
        group = over_time[0]
        outlines, fills = "", ""
        for c, (colour, shapes) in enumerate(group.union):
            courses = [[g.union[c][1][i] for g in over_time] for i in range(len(shapes))]
            parts = "".join(self._element(course, timing) for course in courses if self._seen(course))
            if not parts:
                continue
            key = f"{self.prefix}{which}{group.id}{c}"
            outlines += f'<g id="{key}">{parts}</g>'
            fills += f'<use href="#{key}" fill="{COLOURS[colour]}" class="fx-{colour}"/>'
        out = ""
        if outlines:
            out += (
                f'<g fill="{INK}" stroke="{INK}" stroke-width="{number(2 * INK_WIDTH)}" stroke-linejoin="round" class="fx-ink">'
                f"{outlines}</g>{fills}"
            )
        for i, (colour, _) in enumerate(group.patches):
            part = self._element([g.patches[i][1] for g in over_time], timing)
            out += f'<g fill="{COLOURS[colour]}" class="fx-{colour}">{part}</g>'
        for i, (colour, _) in enumerate(group.details):
            part = self._element([g.details[i][1] for g in over_time], timing)
            out += f"<g {self._detail(colour)}>{part}</g>"
        for i, (colour, _, width) in enumerate(group.lines):
            part = self._element([g.lines[i][1] for g in over_time], timing)
            ends = 'fill="none" stroke-linejoin="round" stroke-linecap="round"'
            out += f'<g {ends} stroke="{INK}" stroke-width="{number(width + 1.8)}" class="fx-ink">{part}</g>'
            out += f'<g {ends} stroke="{COLOURS[colour]}" stroke-width="{number(width)}">{part}</g>'
        if marked:
            for i, (kind, _, only) in enumerate(group.marks):
                if only and name and name != only:
                    continue
                part = self._element([g.marks[i][1] for g in over_time], timing)
                fade = self._fade(only, timing) if only and timing else ""
                out += f'<g fill="{COLOURS[kind]}" stroke="#fff" stroke-width="1.2" class="fx-{kind}">{part}{fade}</g>'
        return out

    def _seen(self, over_time: list[Shape]) -> bool:
        """False for what the frame cuts off all the time, as feet of who stands behind a bed: it would only weigh."""
        for shape in over_time:
            left, top, right, bottom = extent(self.stage.shape(shape))
            if right > -3 and bottom > -3 and left < self.width + 3 and top < self.height + 3:
                return True
        return False

    @staticmethod
    def _detail(colour: str) -> str:
        if colour in ("face", "crease"):
            end = ' stroke-linecap="round"' if colour == "face" else ""  # a crease out of sight leaves no dot
            return f'fill="none" stroke="{COLOURS[colour]}" stroke-width="1.1"{end}'
        edge = (
            f' stroke="{INK}" stroke-width="{".6" if colour == "fingernail" else "1"}"'
            if colour.startswith(("ear", "fingernail"))
            else ""
        )
        return f'fill="{COLOURS[colour]}"{edge}'

    def _fade(self, only: str, timing: str) -> str:
        values = ";".join(f"{max(0.0, 2 * frame.shares.get(only, 0) - 1):.2g}" for frame in self.frames)
        return f'<animate attributeName="opacity" values="{values}"{timing}/>'

    def _element(self, over_time: list[Shape], timing: str) -> str:
        """Return one path: still, moved and turned as a whole, or changing its form."""
        frames = [self.stage.shape(shape) for shape in over_time]
        kind = frames[0][0]
        points = [[c for c, _ in data] if kind == "hull" else data for _, data in frames]
        still = all(_farthest(points[0], p) < 0.15 for p in points)
        if len(frames) == 1 or still:
            return f'<path d="{path(frames[0])}"/>'
        moves = [_rigid(points[0], p, 0.3 if kind == "hull" else 0.45) for p in points]
        if kind not in ("curve", "course", "line") and all(moves):
            return self._moved(frames[0], moves, timing)  # type: ignore[arg-type]
        texts = [path(frame) for frame in frames]
        if kind == "hull" and len({hull_path(data)[1] for _, data in frames}) > 1:
            angles = _unwound(
                [atan2(d[-1][0][1] - d[0][0][1], d[-1][0][0] - d[0][0][0]) for _, d in frames], pi
            )
            texts = [
                path(("polygon", hull_samples(data, angle)))
                for (_, data), angle in zip(frames, angles, strict=True)
            ]
        return f'<path d="{texts[0]}"><animate attributeName="d" values="{";".join(texts)}"{timing}/></path>'

    @staticmethod
    def _moved(shape: Shape, moves: list[tuple[float, float, float]], timing: str) -> str:
        kind, data = shape
        x, y, _ = moves[0]
        if kind == "hull":
            local: Shape = (kind, [((p[0] - x, p[1] - y), r) for p, r in data])
        else:
            local = (kind, [(p[0] - x, p[1] - y) for p in data])
        angles = _unwound([m[2] for m in moves], 180)
        places = ";".join(numbers(m[:2]) for m in moves)
        out = f'<animateTransform attributeName="transform" type="translate" values="{places}"{timing}/>'
        if max(abs(a) for a in angles) > 0.2:
            turns = ";".join(number(a) for a in angles)
            out += f'<animateTransform attributeName="transform" type="rotate" additive="sum" values="{turns}"{timing}/>'
        return f'<path d="{path(local)}" transform="translate({numbers((x, y))})">{out}</path>'

    # --- arrows ----------------------------------------------------------------------------------------------------------
    def _arrows(self, panel: str, last: bool) -> str:
        return "".join(
            self._arrow([self.stage.point(p) for p in course], double)
            for own, course, double in self._courses
            if own == panel or (last and own not in self.figure.panels)
        )

    @cached_property
    def _courses(self) -> list[tuple[str, list[tuple[float, float]], bool]]:
        """Return (pose it is shown with, its course in picture units, two heads) of each arrow."""
        figure, out = self.figure, []
        for arrow in figure.arrows:
            who = arrow.get("who", "patient")
            pose = arrow.get("panel", arrow.get("pose", arrow.get("to", figure.show)))
            if "at" in arrow:  # beside a named point, in directions of the picture
                P = self.scene.people(self.scene.poses[arrow.get("pose", figure.show)])[who]
                x, y = self.camera.xy(P.place(arrow["at"]))
                (sx, sy), (dx, dy) = arrow.get("shift", [0, 0]), arrow["dir"]
                size = hypot(dx, dy)
                dx, dy, long, bend = dx / size, dy / size, arrow.get("len", 12), arrow.get("bend", 0)
                x, y = x + sx, y + sy
                course = (
                    self._circle((x, y), long / 2, atan2(dy, dx), radians(arrow["round"]))
                    if "round" in arrow
                    else [
                        (x + dx * long * t - dy * h, y + dy * long * t + dx * h)
                        for t, h in ((t, 4 * t * (1 - t) * bend) for t in BEND if bend or t in (0, 0.5, 1))
                    ]
                )
            else:  # the way that a named point travels, a little beside it
                course = self._way(arrow, who)
            out.append((pose, course, bool(arrow.get("double"))))
        return out

    def _way(self, arrow: dict[str, Any], who: str) -> list[tuple[float, float]]:
        figure, steps = self.figure, 16
        poses = self.scene.poses
        a, b = poses[arrow.get("from", figure.start)], poses[arrow.get("to", figure.show)]
        way = [
            self.camera.xy(self.scene.people(motion.mix(a, b, i / steps))[who].place(arrow["point"]))
            for i in range(steps + 1)
        ]
        low, high = arrow.get("trim", [0.12, 0.88])
        out, aside = [], arrow.get("out", 5)
        for i, (x, y) in enumerate(way):
            if low * steps <= i <= high * steps:
                (ax, ay), (bx, by) = way[max(0, i - 1)], way[min(steps, i + 1)]
                size = hypot(bx - ax, by - ay) or 1
                out.append((x - (by - ay) / size * aside, y + (bx - ax) / size * aside))
        thin = max(1, (len(out) - 1) // 4)
        return [*out[::thin], *([out[-1]] if (len(out) - 1) % thin else [])]

    @staticmethod
    def _circle(
        middle: tuple[float, float], radius: float, first: float, sweep: float
    ) -> list[tuple[float, float]]:
        """Return a way round `middle`, anticlockwise, from the direction `first` on, over `sweep` (radians)."""
        turns = [first + sweep * i / 8 for i in range(9)]
        return [(middle[0] + radius * cos(t), middle[1] + radius * sin(t)) for t in turns]

    def _with_arrows(self, bounds: tuple[float, float, float, float]) -> tuple[float, float, float, float]:
        left, low, right, high = bounds
        for _, course, _ in self._courses:
            left, right = min(left, *(p[0] - 2 for p in course)), max(right, *(p[0] + 2 for p in course))
            high = max(high, *(p[1] + 2 for p in course))
        return left, low, right, high

    @staticmethod
    def _arrow(course: list[tuple[float, float]], double: bool) -> str:
        def head(before: tuple[float, float], end: tuple[float, float]) -> str:
            a = atan2(end[1] - before[1], end[0] - before[0])
            tip = (end[0] + 6 * cos(a), end[1] + 6 * sin(a))
            one, two = ((end[0] + 5.4 * cos(a + t), end[1] + 5.4 * sin(a + t)) for t in (2.0, -2.0))
            return f"M{numbers([*tip, *one])}L{numbers(two)}Z"

        line = smooth(course, closed=False)
        heads = head(course[-2], course[-1]) + (head(course[1], course[0]) if double else "")
        round_ = 'stroke-linejoin="round" stroke-linecap="round"'
        colour = COLOURS["arrow"]
        return (
            f'<g class="fx-halo" fill="#fff" stroke="#fff" stroke-width="7.5" {round_}><path d="{line}" fill="none"/>'
            f'<path d="{heads}" stroke-width="4"/></g>'
            f'<g class="fx-arrow" fill="{colour}" stroke="{colour}" {round_}><path d="{line}" fill="none" stroke-width="3.4"/>'
            f'<path d="{heads}" stroke-width="1"/></g>'
        )


def _within(limits: tuple[int, int], wanted: float) -> int:
    """Return a length in whole tens that holds what is wanted, if it may."""
    return int(max(limits[0], min(limits[1], -(-wanted // 10) * 10)))


def packed_size(svg: str) -> int:
    """Return the bytes that go over the air."""
    return len(gzip.compress(svg.encode(), 9))


def pictures(figure: Figure, drawing: Drawing | None = None) -> dict[str, str]:
    """Return all pictures of a figure by kind: moving, panels, still, and left-… of each where it is done with one side."""
    drawing = drawing or Drawing(figure)
    out = {kind: getattr(drawing, kind)() for kind in KINDS}
    if figure.sides:
        out |= {f"left-{kind}": getattr(drawing, kind)(left=True) for kind in KINDS}
    return out


def _share(value: float) -> str:
    if value <= 0:
        return "0"
    return "1" if value >= 1 else f"{value:.3f}".rstrip("0").replace("0.", ".", 1)


def _farthest(a: Sequence[tuple[float, float]], b: Sequence[tuple[float, float]]) -> float:
    return max(hypot(p[0] - q[0], p[1] - q[1]) for p, q in zip(a, b, strict=True))


def _unwound(angles: list[float], half: float) -> list[float]:
    """Return angles that go on from one to the next without a leap of a full turn."""
    out, last = [], 0.0
    for angle in angles:
        while angle - last > half:
            angle -= 2 * half
        while angle - last < -half:
            angle += 2 * half
        out.append(angle)
        last = angle
    return out


def _rigid(
    base: Sequence[tuple[float, float]], points: Sequence[tuple[float, float]], within: float
) -> tuple[float, float, float] | None:
    """Return (x, y, degrees) that carries `base`, around its middle, onto `points`; None when its form changes by more."""
    n = len(base)
    bx, by = sum(p[0] for p in base) / n, sum(p[1] for p in base) / n
    qx, qy = sum(p[0] for p in points) / n, sum(p[1] for p in points) / n
    c = s = 0.0
    for (ax, ay), (dx, dy) in zip(base, points, strict=True):
        ax, ay, dx, dy = ax - bx, ay - by, dx - qx, dy - qy
        c += ax * dx + ay * dy
        s += ax * dy - ay * dx
    a = atan2(s, c)
    for (ax, ay), (dx, dy) in zip(base, points, strict=True):
        ax, ay = ax - bx, ay - by
        if hypot(ax * cos(a) - ay * sin(a) + qx - dx, ax * sin(a) + ay * cos(a) + qy - dy) > within:
            return None
    return qx, qy, degrees(a)
