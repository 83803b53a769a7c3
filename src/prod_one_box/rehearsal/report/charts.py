"""Draws the report's charts as SVG, all over the same axis of time."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from itertools import accumulate
from math import floor, log10
from typing import Final

_WIDTH: Final = 960
_LEFT: Final = 240
_RIGHT: Final = 12
_TOP: Final = 6
_AXIS: Final = 36
_ROW: Final = 20
_HEIGHT: Final = 150
_STEPS: Final = (60, 120, 300, 600, 900, 1800, 3600, 7200, 14400)
_MOST_TICKS: Final = 12
_LONGEST_NAME: Final = 30  # What fits left of the axis in the widest fonts.
_LAST_OF_NAME: Final = 10


@dataclass(frozen=True, kw_only=True)
class Series:
    """A row of values, one for each slice of time.

    Attributes:
        name: What it shows.
        style: The class that colours it.
        values: The values.
    """

    name: str
    style: str
    values: Sequence[float]


@dataclass(frozen=True, kw_only=True)
class Bar:
    """A stretch of time.

    Attributes:
        begin: Its beginning, in seconds.
        end: Its end, in seconds.
        style: The class that colours it.
        says: What it means.
        opacity: How full its colour is, 0 to 1; default: 1.
    """

    begin: float
    end: float
    style: str
    says: str
    opacity: float = 1.0


@dataclass(frozen=True, kw_only=True)
class Mark:
    """A moment that every chart shows.

    Attributes:
        at: When, in seconds.
        style: The class that colours it.
        says: What happened.
    """

    at: float
    style: str
    says: str


class Axis:
    """The axis of time that all charts of a report share, with its marked moments."""

    def __init__(self, end: float, marks: Sequence[Mark], bands: Sequence[tuple[float, float]]) -> None:
        """Begins at 0.

        Args:
            end: Where it ends, in seconds.
            marks: The moments.
            bands: Stretches that are shaded: the bake.
        """
        self._end = max(end, 1.0)
        self._marks = marks
        self._bands = bands

    def legend(self) -> str:
        """What every chart shows besides its own: the marked moments and the bake."""
        bands = [("band", "bake")] if self._bands else []
        return f'<p class="keys">{_legend([*bands, *((f"mark {each.style}", each.says) for each in self._marks)])}</p>'

    def stacked(self, title: str, unit: str, starts: Sequence[float], series: Sequence[Series]) -> str:
        """Areas upon each other, such as requests by version."""
        sums = list(
            zip(*(accumulate(column) for column in zip(*(each.values for each in series), strict=True)), strict=True)
        )
        top = _round(max((max(row, default=0) for row in sums), default=0))
        floor: Sequence[float] = [0.0] * len(starts)
        shapes: list[str] = []
        for each, row in zip(series, sums, strict=False):
            shapes.append(self._area(each, starts, floor, row, top))
            floor = row
        return self._framed(title, "".join(shapes) + _scale(top, unit), _HEIGHT, _legend_of(series))

    def lines(self, title: str, unit: str, starts: Sequence[float], series: Sequence[Series]) -> str:
        """Lines, such as people affected so far."""
        top = _round(max((max(each.values, default=0) for each in series), default=0))
        shapes = [
            f'<polyline class="line {each.style}" points="{self._points(starts, each.values, top)}">'
            f"<title>{escape(each.name)}</title></polyline>"
            for each in series
        ]
        return self._framed(title, "".join(shapes) + _scale(top, unit), _HEIGHT, _legend_of(series))

    def rows(self, title: str, rows: Sequence[tuple[str, Sequence[Bar]]], keys: Sequence[tuple[str, str]]) -> str:
        """A row for each name, with bars along the time; the keys say what their colours mean."""
        shapes: list[str] = []
        for number, (name, bars) in enumerate(rows):
            y = _TOP + number * _ROW
            said = f"{escape(_short(name))}<title>{escape(name)}</title>"
            shapes.append(f'<text class="name" x="{_LEFT - 8}" y="{y + 14}">{said}</text>')
            for bar in bars:
                x, width = self._x(bar.begin), max(2.0, self._x(bar.end) - self._x(bar.begin))
                shapes.append(
                    f'<rect class="{bar.style}" x="{x:.1f}" y="{y + 3}" width="{width:.1f}" height="{_ROW - 6}"'
                    f"{_full(bar)}><title>{escape(bar.says)}</title></rect>"
                )
        return self._framed(title, "".join(shapes), len(rows) * _ROW, _legend(keys))

    def _x(self, time: float) -> float:
        return _LEFT + min(max(time, 0.0), self._end) / self._end * (_WIDTH - _LEFT - _RIGHT)

    def _points(self, starts: Sequence[float], values: Sequence[float], top: float) -> str:
        return " ".join(f"{self._x(at):.1f},{_y(value, top):.1f}" for at, value in zip(starts, values, strict=True))

    def _area(
        self, series: Series, starts: Sequence[float], floor: Sequence[float], row: Sequence[float], top: float
    ) -> str:
        there = self._points(starts, row, top)
        back = self._points(list(reversed(starts)), list(reversed(floor)), top)
        return f'<polygon class="{series.style}" points="{there} {back}"><title>{escape(series.name)}</title></polygon>'

    def _framed(self, title: str, shapes: str, height: int, legend: str) -> str:
        bottom = _TOP + height
        return (
            f'<figure><figcaption>{escape(title)}<div class="keys">{legend}</div></figcaption>'
            f'<svg viewBox="0 0 {_WIDTH} {bottom + _AXIS}" role="img" aria-label="{escape(title)}">'
            f"{self._shaded(bottom)}{self._ticks(bottom)}{shapes}{self._moments(bottom)}</svg></figure>"
        )

    def _shaded(self, bottom: int) -> str:
        return "".join(
            f'<rect class="band" x="{self._x(begin):.1f}" y="{_TOP}" width="{self._x(end) - self._x(begin):.1f}" '
            f'height="{bottom - _TOP}"><title>bake</title></rect>'
            for begin, end in self._bands
        )

    def _moments(self, bottom: int) -> str:
        return "".join(
            f'<line class="mark {each.style}" x1="{self._x(each.at):.1f}" x2="{self._x(each.at):.1f}" y1="{_TOP}" '
            f'y2="{bottom}"><title>{escape(each.says)}</title></line>'
            for each in self._marks
        )

    def _ticks(self, bottom: int) -> str:
        step = next((each for each in _STEPS if self._end / each <= _MOST_TICKS), _STEPS[-1])
        ticks = "".join(
            f'<line class="tick" x1="{self._x(at):.1f}" x2="{self._x(at):.1f}" y1="{_TOP}" y2="{bottom}"/>'
            f'<text class="time" x="{self._x(at):.1f}" y="{bottom + 15}">{at / 60:g}</text>'
            for at in range(0, int(self._end) + 1, step)
        )
        middle = (_LEFT + _WIDTH - _RIGHT) / 2
        return f'{ticks}<text class="time" x="{middle:g}" y="{bottom + 30}">minutes since the update began</text>'


def _round(top: float) -> float:
    """The next number with one digit, or two that are halved easily: where an axis can end."""
    if top <= 0:
        return 1.0
    digit = 10.0 ** floor(log10(top))
    return next(digit * factor for factor in (1, 1.2, 1.6, 2, 3, 4, 5, 6, 8, 10) if digit * factor >= top)


def _y(value: float, top: float) -> float:
    return _TOP + _HEIGHT * (1 - value / top)


def _scale(top: float, unit: str) -> str:
    values = "".join(
        f'<text class="name" x="{_LEFT - 8}" y="{_y(value, top) + 4:.1f}">{value:,.4g}</text>'
        for value in (0.0, top / 2, top)
    )
    middle = _TOP + _HEIGHT / 2
    turned = f'<text class="time" transform="translate({_LEFT - 60},{middle:g}) rotate(-90)">{escape(unit)}</text>'
    return values + turned


def _legend(keys: Sequence[tuple[str, str]]) -> str:
    return "".join(f'<span class="key"><i class="{style}"></i>{escape(says)}</span>' for style, says in keys)


def _legend_of(series: Sequence[Series]) -> str:
    return _legend([(each.style, each.name) for each in series])


def _full(bar: Bar) -> str:
    return "" if bar.opacity >= 1 else f' fill-opacity="{bar.opacity:.2f}"'


def _short(name: str) -> str:
    """Shortens a name in its middle: logical ids begin with what they are and end with what tells them apart."""
    if len(name) <= _LONGEST_NAME:
        return name
    return f"{name[: _LONGEST_NAME - _LAST_OF_NAME - 1]}…{name[-_LAST_OF_NAME:]}"
