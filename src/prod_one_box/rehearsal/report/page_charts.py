"""The charts of the HTML report: phases, requests by version, affected visitors and alarms."""

from collections.abc import Iterator, Sequence
from itertools import cycle
from typing import Final

from ...vocabulary import BACKEND, BAKE, WATCH
from ..aws.aliases import AliasMove
from ..notation import duration, moment
from ..visitors.release_site import FRONT_END
from ..visitors.timeline import SLICE
from .charts import Axis, Bar, ChartMark, Series
from .report import Report

_ALARMS: Final = {"OK": "ok", "ALARM": "bad", "INSUFFICIENT_DATA": "none"}
_ALARM_KEYS: Final = [(style, state) for state, style in _ALARMS.items()]
_PHASE_KEYS: Final = (("new", "on the way out"), ("bad", "failed or cancelled"), ("wait", "on the way back"))
_PARTITIONS: Final = ("new", "old", "ok", "wait")
_SERVING_KEYS: Final = (("old", "old version alone"), ("new", "new version; a stronger color means more requests"))


def charts(report: Report) -> Iterator[str]:
    """Draw all charts over the same time axis."""
    slices = report.timeline.slices
    end = max(report.figures.total, max((each.start + SLICE for each in slices), default=0.0))
    bakes = [(span.begin, span.end) for span in report.spans if span.phase in (BAKE, WATCH) and not span.back]
    axis = Axis(end, list(_marks(report)), bakes)
    yield axis.legend()
    yield axis.rows("Phases", list(_phase_rows(report)), _PHASE_KEYS)
    starts = [each.start for each in slices]
    for kind, title in ((FRONT_END, "Pages by version"), (BACKEND, "API calls by version")):
        tiers = [number for number, each in enumerate(report.kinds) if each == kind]
        if tiers:
            yield axis.stacked(title, f"requests in {SLICE:g} s", starts, _by_version(report, tiers))
    if report.moves:
        yield axis.rows("Aliases on the new version", list(_serving_rows(report, end)), _SERVING_KEYS)
    if report.exposure:
        yield axis.stacked("Exposure", "% of visitors", starts, list(_exposure(report, starts)))
    yield axis.lines("Visitors affected so far", "visitors", [each + SLICE for each in starts], _affected(report))
    if report.alarms:
        yield axis.rows("Alarms", list(_alarm_rows(report, end)), _ALARM_KEYS)


def _marks(report: Report) -> Iterator[ChartMark]:
    figures = report.figures
    if figures.exposed_at is not None:
        yield ChartMark(figures.exposed_at, "out", f"bad version served from {moment(figures.exposed_at)}")
        for style, word, after in (("seen", "detected", figures.detect), ("over", "contained", figures.contain)):
            if after is not None:
                time = figures.exposed_at + after
                yield ChartMark(time, style, f"{word} {moment(time)}, {duration(after)} later")
    elif figures.ended_at is not None:
        yield ChartMark(figures.ended_at, "seen", f"the update ended {moment(figures.ended_at)}")


def _by_version(report: Report, tiers: Sequence[int]) -> list[Series]:
    slices = report.timeline.slices
    old, new, failed = (
        [sum(getattr(each, name)[tier] for tier in tiers) for each in slices] for name in ("old", "new", "errors")
    )
    succeeded = [all_ - errors for all_, errors in zip(new, failed, strict=True)]
    return [Series("old version", "old", old), Series("new version", "new", succeeded), Series("failed", "bad", failed)]


def _affected(report: Report) -> list[Series]:
    slices = report.timeline.slices
    version = "bad" if report.fault.is_any else "new"
    return [
        Series(f"served by the {version} version", "line new", [each.met for each in slices]),
        Series("got an error", "line bad", [each.met_error for each in slices]),
        Series("saw a broken page", "line wait", [each.saw_broken for each in slices]),
    ]


def _exposure(report: Report, starts: Sequence[float]) -> Iterator[Series]:
    """Return each partition's percentage of visitors while it was on the new version."""
    for each, style in zip(report.exposure, cycle(_PARTITIONS), strict=False):
        moves = [move for move in report.moves if move.alias == each.alias]
        yield Series(each.partition, style, [100 * each.share * _is_new(moves, time) for time in starts])


def _is_new(moves: Sequence[AliasMove], time: float) -> bool:
    """Check whether an alias had left its first state at a time."""
    past = [move for move in moves if move.time <= time]
    return bool(past) and past[-1].after != moves[0].before


def _phase_rows(report: Report) -> Iterator[tuple[str, list[Bar]]]:
    phases: dict[str, list[Bar]] = {}
    for span in report.spans:
        if span.phase:
            style = "wait" if span.back else ("new" if span.done else "bad")
            word = "taken back" if span.back else ("done" if span.done else "failed")
            tooltip = f"{report.with_constructs(span.name)}: {moment(span.begin)} to {moment(span.end)}, {word}"
            phases.setdefault(span.phase, []).append(Bar(span.begin, span.end, style, tooltip))
    yield from phases.items()


def _serving_rows(report: Report, end: float) -> Iterator[tuple[str, list[Bar]]]:
    """Return, for each alias, when it sent requests to another version than before the release."""
    for alias in sorted({move.alias for move in report.moves}):
        moves = [move for move in report.moves if move.alias == alias]
        original = moves[0].before
        bars = [Bar(0, end, "old", report.with_constructs(str(original)))]
        for move, until in zip(moves, [*(later.time for later in moves[1:]), end], strict=True):
            part = 1 - (move.after.part_of(original.version) if original else 0.0)
            tooltip = report.with_constructs(f"{moment(move.time)}: {move.after} ({move.why})")
            if part > 0:
                bars.append(Bar(move.time, until, "new", tooltip, opacity=0.25 + 0.75 * part))
        yield report.with_constructs(alias), bars


def _alarm_rows(report: Report, end: float) -> Iterator[tuple[str, list[Bar]]]:
    for alarm in sorted({change.logical_id for change in report.alarms}):
        changes = [change for change in report.alarms if change.logical_id == alarm]
        bars = [Bar(0, changes[0].time, _ALARMS[changes[0].before], changes[0].before)]
        for change, until in zip(changes, [*(later.time for later in changes[1:]), end], strict=True):
            bars.append(Bar(change.time, until, _ALARMS[change.after], f"{moment(change.time)}: {change.after}"))
        yield report.with_constructs(alarm), bars
