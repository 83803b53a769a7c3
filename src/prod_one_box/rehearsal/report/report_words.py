"""The words and lines that every report of a rehearsal shares, so that they all say the same."""

from collections.abc import Iterator
from typing import Final

from ..notation import duration, moment
from ..visitors.invariants import Verdict
from .played_words import what_was_played
from .report import Report, Way
from .worse import worse_elsewhere


def headline(report: Report) -> str:
    """What was rehearsed, and how it ended."""
    went = "went back" if report.moves else "was stopped before anything moved"
    reached = {move.alias for move in report.moves} & set(report.timeline.tiers)
    out = "reached all visitors" if reached else "is deployed; no visitor is known to reach it"
    return f"{report.stack}: {what_was_played(report)} {out if report.released else went}"


def warnings(report: Report) -> Iterator[str]:
    """What a reader must not miss."""
    if report.released and report.fault.is_any and not report.limits.allow_undetected:
        yield "Nothing stopped the bad release: it reached everybody (--allow-undetected accepts that)"


def stack_lines(report: Report) -> Iterator[str]:
    """What the update means for the other stacks of the release."""
    before = ", ".join(each.stack for each in report.earlier)
    if before and not report.released:
        stays = "stays" if len(report.earlier) == 1 else "stay"
        yield f"{before} {stays} released: CloudFormation rolls back only the stack whose update failed"
    elif before:
        yield f"Updated before: {before}"
    if report.later and report.released:
        yield f"Not played: {', '.join(report.later)}, because the bad release had reached everybody"
    elif report.later:
        yield f"Not deployed: {', '.join(report.later)}, because `cdk deploy` stops when a stack fails"


AT_ONCE_TITLE: Final = "Changes for everybody at once, outside any bake"


def broken_words(verdict: Verdict) -> str:
    """How an invariant was broken."""
    stood = f"; the aliases stood so for {duration(verdict.seconds)}" if verdict.seconds else ""
    return f"{verdict.violations:,} of {verdict.checks:,} checks{stood}; first {verdict.first}"


def unchecked_words(verdict: Verdict) -> str:
    """Why an invariant was not checked."""
    return f"not checked: {verdict.unknown}" if verdict.unknown else "nothing here could break it"


def steps_title(report: Report) -> str:
    """What the steps of a bad backend's shift are, and until when."""
    figures = report.figures
    met = "Requests that met the bad backend"
    if figures.exposed_at is None or figures.detect is None:
        return f"{met}, step by step; nothing noticed it"
    stops = figures.exposed_at + figures.detect + report.assumptions.codedeploy_look_seconds
    if any(step.end > stops for step in report.steps):
        return f"{met}, in each step that began before it was noticed"
    return f"{met}, step by step until it was noticed"


def step_lines(report: Report) -> Iterator[tuple[str, ...]]:
    """The steps of a bad backend's shift: when, how much it was to get, how much it got; then their sum."""
    for step in report.steps:
        got = f"{step.met:,} of {step.requests:,} requests"
        yield moment(step.begin), f"{step.part:.0%}", got, f"{step.share:.1%}", report.with_constructs(step.alias)
    if report.steps:
        met, requests = (sum(getattr(step, name) for step in report.steps) for name in ("met", "requests"))
        yield "all", "", f"{met:,} of {requests:,} requests", f"{met / max(1, requests):.1%}", ""


def worse_lines(report: Report) -> Iterator[tuple[str, str, str]]:
    """The figures that are worse in another way back than in the one that is shown: what, how much, and where."""
    for each in worse_elsewhere(report):
        value = f"{each.value:,.0f} visitors" if each.is_count and each.value is not None else duration(each.value)
        yield each.says, value, each.way


def way_lines(report: Report) -> Iterator[tuple[str, list[Way]]]:
    """The ways back that led to the same, with what they led to; the worst first."""
    alike: dict[str, list[Way]] = {}
    for way in sorted(report.ways, key=_order):
        figures = way.figures
        broken = [verdict.invariant.value for verdict in way.verdicts if not verdict.held]
        led = f"contained after {duration(figures.contain)}, " if figures.exposed_at is not None else ""
        led += f"back after {duration(figures.back)}"
        led += f", {figures.met:,} visitors" + "".join(f"; BROKEN: {each}" for each in broken)
        alike.setdefault(led, []).append(way)
    yield from alike.items()


def _order(way: Way) -> tuple[int, float, bool, float, str]:
    """Broken promises first, then what never came back, then what took longest."""
    violations = sum(verdict.violations for verdict in way.verdicts)
    seconds = sum(verdict.seconds for verdict in way.verdicts)
    return -violations, -seconds, way.figures.back is not None, -(way.figures.back or 0), way.name
