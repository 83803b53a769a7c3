"""Draws the report's charts as SVG, all over the same axis of time."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from itertools import accumulate
from typing import Final

_WIDTH: Final = 960
_LEFT: Final = 170
_RIGHT: Final = 12
_TOP: Final = 6
_AXIS: Final = 22
_ROW: Final = 20
_HEIGHT: Final = 150
_STEPS: Final = (60, 120, 300, 600, 900, 1800, 3600, 7200, 14400)
_MOST_TICKS: Final = 12


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
    """

    begin: float
    end: float
    style: str
    says: str


class Axis:
    """The axis of time that all charts of a report share."""

    def __init__(self, end: float) -> None:
        self._end = max(end, 1.0)

    def stacked(self, title: str, starts: Sequence[float], series: Sequence[Series]) -> str:
        """Areas upon each other, such as requests by version."""
        sums = list(
            zip(*(accumulate(column) for column in zip(*(each.values for each in series), strict=True)), strict=True)
        )
        top = max((max(row, default=0) for row in sums), default=0) or 1
        floor: Sequence[float] = [0.0] * len(starts)
        shapes: list[str] = []
        for each, row in zip(series, sums, strict=False):
            shapes.append(self._area(each, starts, floor, row, top))
            floor = row
        return self._framed(title, "".join(shapes) + _scale(top), _HEIGHT, _legend(series))

    def lines(self, title: str, starts: Sequence[float], series: Sequence[Series]) -> str:
        """Lines, such as people affected so far."""
        top = max((max(each.values, default=0) for each in series), default=0) or 1
        shapes = [
            f'<polyline class="line {each.style}" points="{self._points(starts, each.values, top)}">'
            f"<title>{escape(each.name)}</title></polyline>"
            for each in series
        ]
        return self._framed(title, "".join(shapes) + _scale(top), _HEIGHT, _legend(series))

    def rows(self, title: str, rows: Sequence[tuple[str, Sequence[Bar]]]) -> str:
        """A row for each name, with bars along the time."""
        shapes: list[str] = []
        for number, (name, bars) in enumerate(rows):
            y = _TOP + number * _ROW
            said = f"{escape(_short(name))}<title>{escape(name)}</title>"
            shapes.append(f'<text class="name" x="{_LEFT - 8}" y="{y + 14}">{said}</text>')
            for bar in bars:
                x, width = self._x(bar.begin), max(2.0, self._x(bar.end) - self._x(bar.begin))
                shapes.append(
                    f'<rect class="{bar.style}" x="{x:.1f}" y="{y + 3}" width="{width:.1f}" height="{_ROW - 6}" rx="2">'
                    f"<title>{escape(bar.says)}</title></rect>"
                )
        return self._framed(title, "".join(shapes), len(rows) * _ROW, "")

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
            f"<figure><figcaption>{escape(title)}{legend}</figcaption>"
            f'<svg viewBox="0 0 {_WIDTH} {bottom + _AXIS}" role="img" aria-label="{escape(title)}">'
            f"{self._ticks(bottom)}{shapes}</svg></figure>"
        )

    def _ticks(self, bottom: int) -> str:
        step = next((each for each in _STEPS if self._end / each <= _MOST_TICKS), _STEPS[-1])
        ticks = range(0, int(self._end) + 1, step)
        return "".join(
            f'<line class="tick" x1="{self._x(at):.1f}" x2="{self._x(at):.1f}" y1="{_TOP}" y2="{bottom}"/>'
            f'<text class="time" x="{self._x(at):.1f}" y="{bottom + 15}">{at // 60} min</text>'
            for at in ticks
        )


def _y(value: float, top: float) -> float:
    return _TOP + _HEIGHT * (1 - value / top)


def _scale(top: float) -> str:
    return "".join(
        f'<text class="name" x="{_LEFT - 8}" y="{_y(value, top) + 4:.1f}">{value:,.4g}</text>' for value in (0.0, top)
    )


def _legend(series: Sequence[Series]) -> str:
    return "".join(f'<span class="key"><i class="{each.style}"></i>{escape(each.name)}</span>' for each in series)


def _short(name: str) -> str:
    most = 24
    return name if len(name) <= most else f"{name[: most - 1]}…"
