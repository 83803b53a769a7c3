"""Draws charts as SVG, all over the same time axis."""

from collections.abc import Sequence
from html import escape
from itertools import accumulate
from math import floor, log10
from typing import Final, NamedTuple

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
_END_OF_NAME: Final = 10


class Series(NamedTuple):
    """A value for each slice of time, coloured by a CSS class."""

    name: str
    style: str
    values: Sequence[float]


class Bar(NamedTuple):
    """A period, in seconds, coloured by a CSS class, with a tooltip."""

    begin: float
    end: float
    style: str
    tooltip: str
    opacity: float = 1.0


class ChartMark(NamedTuple):
    """A moment, in seconds, that every chart shows as a line styled by a CSS class."""

    time: float
    style: str
    label: str


class Axis:
    """The time axis that all charts of a report share, with its marks and bakes."""

    def __init__(self, end: float, marks: Sequence[ChartMark], bakes: Sequence[tuple[float, float]]) -> None:
        """Start the axis at 0 and end it at `end`, in seconds; shade the bakes."""
        self._end = max(end, 1.0)
        self._marks = marks
        self._bakes = bakes

    def legend(self) -> str:
        """Return the legend for the marks and the bakes."""
        bakes = [("band", "bake")] if self._bakes else []
        return f'<p class="keys">{_legend([*bakes, *((f"mark {each.style}", each.label) for each in self._marks)])}</p>'

    def stacked(self, title: str, unit: str, starts: Sequence[float], series: Sequence[Series]) -> str:
        """Draw areas on top of each other, such as requests by version."""
        columns = zip(*(each.values for each in series), strict=True)
        sums = list(zip(*(accumulate(column) for column in columns), strict=True))
        top = _axis_end(max((max(row, default=0) for row in sums), default=0))
        below: Sequence[float] = [0.0] * len(starts)
        shapes: list[str] = []
        for each, row in zip(series, sums, strict=False):
            there = self._points(starts, row, top)
            back = self._points(list(reversed(starts)), list(reversed(below)), top)
            shapes.append(
                f'<polygon class="{each.style}" points="{there} {back}"><title>{escape(each.name)}</title></polygon>'
            )
            below = row
        return self._graph(title, unit, top, shapes, series)

    def lines(self, title: str, unit: str, starts: Sequence[float], series: Sequence[Series]) -> str:
        """Draw lines, such as affected visitors."""
        top = _axis_end(max((max(each.values, default=0) for each in series), default=0))
        shapes = [
            f'<polyline class="line {each.style}" points="{self._points(starts, each.values, top)}">'
            f"<title>{escape(each.name)}</title></polyline>"
            for each in series
        ]
        return self._graph(title, unit, top, shapes, series)

    def rows(self, title: str, rows: Sequence[tuple[str, Sequence[Bar]]], keys: Sequence[tuple[str, str]]) -> str:
        """Draw a row of bars for each name; the keys are the CSS classes of the bars with their meanings."""
        shapes: list[str] = []
        for number, (name, bars) in enumerate(rows):
            y = _TOP + number * _ROW
            label = f"{escape(_shortened(name))}<title>{escape(name)}</title>"
            shapes.append(f'<text class="name" x="{_LEFT - 8}" y="{y + 14}">{label}</text>')
            for bar in bars:
                x, width = self._x(bar.begin), max(2.0, self._x(bar.end) - self._x(bar.begin))
                opacity = "" if bar.opacity >= 1 else f' fill-opacity="{bar.opacity:.2f}"'
                shapes.append(
                    f'<rect class="{bar.style}" x="{x:.1f}" y="{y + 3}" width="{width:.1f}" height="{_ROW - 6}"'
                    f"{opacity}><title>{escape(bar.tooltip)}</title></rect>"
                )
        return self._framed(title, "".join(shapes), len(rows) * _ROW, _legend(keys))

    def _x(self, time: float) -> float:
        return _LEFT + min(max(time, 0.0), self._end) / self._end * (_WIDTH - _LEFT - _RIGHT)

    def _points(self, starts: Sequence[float], values: Sequence[float], top: float) -> str:
        return " ".join(f"{self._x(at):.1f},{_y(value, top):.1f}" for at, value in zip(starts, values, strict=True))

    def _graph(self, title: str, unit: str, top: float, shapes: Sequence[str], series: Sequence[Series]) -> str:
        legend = _legend([(each.style, each.name) for each in series])
        return self._framed(title, "".join(shapes) + _scale(top, unit), _HEIGHT, legend)

    def _framed(self, title: str, shapes: str, height: int, legend: str) -> str:
        bottom = _TOP + height
        bakes = "".join(
            f'<rect class="band" x="{self._x(begin):.1f}" y="{_TOP}" width="{self._x(end) - self._x(begin):.1f}" '
            f'height="{height}"><title>bake</title></rect>'
            for begin, end in self._bakes
        )
        marks = "".join(
            f'<line class="mark {each.style}" {self._vertical(each.time, bottom)}><title>{escape(each.label)}</title>'
            "</line>"
            for each in self._marks
        )
        return (
            f'<figure><figcaption>{escape(title)}<div class="keys">{legend}</div></figcaption>'
            f'<svg viewBox="0 0 {_WIDTH} {bottom + _AXIS}" role="img" aria-label="{escape(title)}">'
            f"{bakes}{self._ticks(bottom)}{shapes}{marks}</svg></figure>"
        )

    def _ticks(self, bottom: int) -> str:
        step = next((each for each in _STEPS if self._end / each <= _MOST_TICKS), _STEPS[-1])
        ticks = "".join(
            f'<line class="tick" {self._vertical(at, bottom)}/>'
            f'<text class="time" x="{self._x(at):.1f}" y="{bottom + 15}">{at / 60:g}</text>'
            for at in range(0, int(self._end) + 1, step)
        )
        middle = (_LEFT + _WIDTH - _RIGHT) / 2
        return f'{ticks}<text class="time" x="{middle:g}" y="{bottom + 30}">minutes since the update started</text>'

    def _vertical(self, time: float, bottom: int) -> str:
        """Return the coordinates of a line from the top to the bottom."""
        return f'x1="{self._x(time):.1f}" x2="{self._x(time):.1f}" y1="{_TOP}" y2="{bottom}"'


def _axis_end(highest: float) -> float:
    """Round up to a number with one digit, or with two that are easily halved."""
    if highest <= 0:
        return 1.0
    digit = 10.0 ** floor(log10(highest))
    return next(digit * factor for factor in (1, 1.2, 1.6, 2, 3, 4, 5, 6, 8, 10) if digit * factor >= highest)


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
    return "".join(f'<span class="key"><i class="{style}"></i>{escape(text)}</span>' for style, text in keys)


def _shortened(name: str) -> str:
    """Cut a long name in the middle: logical ids differ at their ends."""
    if len(name) <= _LONGEST_NAME:
        return name
    return f"{name[: _LONGEST_NAME - _END_OF_NAME - 1]}…{name[-_END_OF_NAME:]}"
