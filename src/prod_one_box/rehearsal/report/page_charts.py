"""The charts of a report's page: who is served what over time, errors, people, phases and alarms."""

from collections.abc import Iterator, Sequence
from typing import Final

from ...vocabulary import BACKEND, BAKE
from ..notation import duration, moment
from ..visitors.release_site import FRONT_END
from ..visitors.timeline import SLICE
from .charts import Axis, Bar, Mark, Series
from .report import Report

_ALARMS: Final = {"OK": "ok", "ALARM": "bad", "INSUFFICIENT_DATA": "none"}
_ALARM_KEYS: Final = (("ok", "OK"), ("bad", "ALARM"), ("none", "INSUFFICIENT_DATA"))
_PHASE_KEYS: Final = (("new", "on the way out"), ("bad", "failed, or was cancelled"), ("wait", "on the way back"))
_SERVING_KEYS: Final = (("old", "old version alone"), ("new", "new version, the fuller the more of the requests"))


def charts(report: Report) -> Iterator[str]:
    """Draws all charts over the same axis of time, in minutes since the update began."""
    slices = report.timeline.slices
    end = max(report.figures.total, max((each.start + SLICE for each in slices), default=0.0))
    axis = Axis(end, list(_marks(report)), list(_bakes(report)))
    yield axis.legend()
    yield axis.rows("Phases", list(_phase_rows(report)), _PHASE_KEYS)
    starts = [each.start for each in slices]
    for kind, title in ((FRONT_END, "Pages by version"), (BACKEND, "API calls by version")):
        numbers = [number for number, each in enumerate(report.kinds) if each == kind]
        if numbers:
            yield axis.stacked(title, f"requests in {SLICE:g} s", starts, list(_by_version(report, numbers)))
    if report.moves:
        yield axis.rows("Who serves the new version", list(_serving_rows(report, end)), _SERVING_KEYS)
    yield axis.lines("People affected so far", "visitors", [each + SLICE for each in starts], _people(report))
    if report.alarms:
        yield axis.rows("Alarms", list(_alarm_rows(report, end)), _ALARM_KEYS)


def _marks(report: Report) -> Iterator[Mark]:
    figures = report.figures
    if figures.exposed_at is not None:
        yield Mark(at=figures.exposed_at, style="out", says=f"bad version served from {moment(figures.exposed_at)}")
        for style, word, after in (("seen", "detected", figures.detect), ("over", "contained", figures.contain)):
            if after is not None:
                at = figures.exposed_at + after
                yield Mark(at=at, style=style, says=f"{word} {moment(at)}, {duration(after)} later")
    elif figures.ended_at is not None:
        yield Mark(at=figures.ended_at, style="seen", says=f"the update ended {moment(figures.ended_at)}")


def _bakes(report: Report) -> Iterator[tuple[float, float]]:
    yield from ((span.begin, span.end) for span in report.spans if span.phase == BAKE and not span.back)


def _by_version(report: Report, numbers: Sequence[int]) -> Iterator[Series]:
    slices = report.timeline.slices
    old, new, failed = (
        [sum(getattr(each, name)[number] for number in numbers) for each in slices] for name in ("old", "new", "errors")
    )
    yield Series(name="old version", style="old", values=old)
    answered = [all_ - errors for all_, errors in zip(new, failed, strict=True)]
    yield Series(name="new version", style="new", values=answered)
    yield Series(name="failed", style="bad", values=failed)


def _people(report: Report) -> list[Series]:
    slices = report.timeline.slices
    version = "bad" if report.fault.is_any else "new"
    return [
        Series(name=f"served by the {version} version", style="line new", values=[each.met for each in slices]),
        Series(name="met an error", style="line bad", values=[each.met_error for each in slices]),
        Series(name="saw a broken page", style="line wait", values=[each.saw_broken for each in slices]),
    ]


def _phase_rows(report: Report) -> Iterator[tuple[str, list[Bar]]]:
    phases: dict[str, list[Bar]] = {}
    for span in report.spans:
        if span.phase:
            style = "wait" if span.back else ("new" if span.done else "bad")
            word = "taken back" if span.back else ("done" if span.done else "failed")
            says = f"{report.with_constructs(span.name)}: {moment(span.begin)} to {moment(span.end)}, {word}"
            phases.setdefault(span.phase, []).append(Bar(begin=span.begin, end=span.end, style=style, says=says))
    yield from phases.items()


def _serving_rows(report: Report, end: float) -> Iterator[tuple[str, list[Bar]]]:
    """For each alias, when how much of its requests reached another version than before the release."""
    for alias in sorted({move.alias for move in report.moves}):
        moves = [move for move in report.moves if move.alias == alias]
        home = moves[0].before
        bars = [Bar(begin=0, end=end, style="old", says=report.with_constructs(str(home)))]
        for move, until in zip(moves, [*(later.time for later in moves[1:]), end], strict=True):
            part = 1 - (move.after.part_of(home.version) if home else 0.0)
            says = report.with_constructs(f"{moment(move.time)}: {move.after} ({move.why})")
            if part > 0:
                bars.append(Bar(begin=move.time, end=until, style="new", says=says, opacity=0.25 + 0.75 * part))
        yield report.with_constructs(alias), bars


def _alarm_rows(report: Report, end: float) -> Iterator[tuple[str, list[Bar]]]:
    for alarm in sorted({change.logical_id for change in report.alarms}):
        changes = [change for change in report.alarms if change.logical_id == alarm]
        bars = [Bar(begin=0, end=changes[0].time, style=_ALARMS[changes[0].before], says=changes[0].before)]
        for change, until in zip(changes, [*(later.time for later in changes[1:]), end], strict=True):
            says = f"{moment(change.time)}: {change.after}"
            bars.append(Bar(begin=change.time, end=until, style=_ALARMS[change.after], says=says))
        yield report.with_constructs(alarm), bars
