"""The sentences and figures that all reports share."""

from collections.abc import Iterator
from typing import Final, TypeAlias

from ...vocabulary import REGULAR
from ..notation import duration, moment
from ..visitors.faults import Fault
from ..visitors.figures import Figures
from ..visitors.invariants import Verdict
from .judgement import blast_of, containment_of, worse_elsewhere
from .report import Report, Way

_TWO: Final = 2
AT_ONCE_TITLE: Final = "Changes for all visitors immediately, outside any bake"

ANSWERS_TITLE: Final = "What the bakes and the watch found"

EXPOSURE_TITLE: Final = "Exposure, wave by wave"
EXPOSURE_COLUMNS: Final = ("wave", "share", "exposure", "switched", "visitors served")

Line: TypeAlias = "tuple[str, str, str]"
"""A figure's name, value and meaning."""


def headline(report: Report) -> str:
    """Return what was rehearsed and how it ended."""
    reached = {move.alias for move in report.moves} & set(report.timeline.tiers)
    if report.released:
        ended = "reached all visitors" if reached else "is deployed; no visitor is known to reach it"
    else:
        ended = f"went back{_reached_wave(report)}" if report.moves else "was stopped before anything moved"
    release = f"a bad {_bad_tiers(report.fault, ' and a bad ')}" if report.fault.is_any else "a good release"
    without = f" without {', '.join(report.without)}" if report.without else ""
    return f"{report.stack}: {release}{without} {ended}"


def _reached_wave(report: Report) -> str:
    """Return the last partition that switched, where a release has more than two."""
    switched = [each for each in report.exposure if each.switched_at is not None]
    if not switched or len(report.shares) <= _TWO:
        return ""
    last = switched[-1]
    where = "after the promotion" if last.partition == REGULAR else f"in {_name(last.partition)}"
    return f" {where}, at an exposure of {100 * last.exposure:g} %"


def _name(partition: str) -> str:
    return partition if partition.startswith("wave") else f"the {partition}"


def warnings(report: Report) -> Iterator[str]:
    """Return what a reader must not miss."""
    if report.released and report.fault.is_any and not report.limits.allow_undetected:
        yield "Nothing stopped the bad release: it reached all visitors (--allow-undetected accepts that)"


def played_lines(report: Report) -> Iterator[str]:
    """Return the faults of the new code and what ends the update, one sentence each."""
    fault = report.fault
    if fault.is_any:
        visitors = f", for {100 * fault.visitors:.3g} % of visitors" if fault.visitors < 1 else ""
        late = f", from {duration(fault.after)} after its first request" if fault.after else ""
        symptoms = ", ".join(_symptoms(fault)) or "no symptom"
        yield f"The new {_bad_tiers(fault, ' and ')}: {symptoms}{visitors}{late}"
    if fault.needs_new_backend:
        yield "The new front end's pages break when an old backend answers"
    yield from _disturbance_lines(report)


def _bad_tiers(fault: Fault, between: str) -> str:
    return between.join(name for name, bad in (("front end", fault.front_end), ("backend", fault.backend)) if bad)


def _symptoms(fault: Fault) -> Iterator[str]:
    kind = "are answered with 500" if fault.answers else "crash"
    if fault.failing:
        yield f"{100 * fault.failing:.3g} % of requests {kind}"
    if fault.leak:
        yield f"{100 * fault.leak:.3g} % more {kind} every minute"
    if fault.latency_factor != 1:
        yield f"requests take {fault.latency_factor:g} times as long"
    if fault.broken_page:
        yield "pages load but do not work"


def _disturbance_lines(report: Report) -> Iterator[str]:
    disturbance = report.disturbance
    if disturbance.cancel_at is not None:
        yield f"An operator cancels the update after {duration(disturbance.cancel_at)}"
    if disturbance.sibling_fails_at is not None:
        yield f"Another resource fails after {duration(disturbance.sibling_fails_at)}"
    if disturbance.crash_at_poll is not None:
        yield f"The handler crashes at poll {disturbance.crash_at_poll} of the {disturbance.crash_of}"
    if disturbance.throttle_at is not None:
        lasts = "" if disturbance.throttle_for is None else f" for {duration(disturbance.throttle_for)}"
        yield f"Lambda throttles the waits' handlers after {duration(disturbance.throttle_at)}{lasts}"
    if report.red:
        yield report.with_constructs(f"Red before the release: {', '.join(report.red)}")


def stack_lines(report: Report) -> Iterator[str]:
    """Return what the update means for the release's other stacks."""
    before = ", ".join(each.stack for each in report.earlier)
    if before and not report.released:
        stays = "stays" if len(report.earlier) == 1 else "stay"
        yield f"{before} {stays} released: CloudFormation rolls back only the stack whose update failed"
    elif before:
        yield f"Updated before: {before}"
    if report.later and report.released:
        yield f"Not played: {', '.join(report.later)}, because the bad release had reached all visitors"
    elif report.later:
        yield f"Not deployed: {', '.join(report.later)}, because `cdk deploy` stops when a stack fails"


def verdict_words(verdict: Verdict) -> tuple[str, str]:
    """Return the result of an invariant, "held", "broken" or "not checked", and the reason."""
    if not verdict.held:
        lasted = f"; the aliases violated it for {duration(verdict.seconds)}" if verdict.seconds else ""
        return "broken", f"{verdict.violations:,} of {verdict.checks:,} checks{lasted}; first {verdict.first}"
    if verdict.checks:
        return "held", f"{verdict.checks:,} checks"
    unknown = f"not checked: {verdict.unknown}" if verdict.unknown else "nothing here could break it"
    return "not checked", unknown


def steps_title(report: Report) -> str:
    """Return the title of a bad backend's traffic shift."""
    figures = report.figures
    title = "Requests that the bad backend answered"
    if figures.exposed_at is None or figures.detect is None:
        return f"{title}, step by step; nothing detected it"
    stops = figures.exposed_at + figures.detect + report.assumptions.codedeploy_look_seconds
    if any(step.end > stops for step in report.steps):
        return f"{title}, in each step that started before its detection"
    return f"{title}, step by step until its detection"


def step_lines(report: Report) -> Iterator[tuple[str, ...]]:
    """Return the start, configured share, requests, actual share and alias of each step, and the total."""
    for step in report.steps:
        count = f"{step.met:,} of {step.requests:,} requests"
        yield moment(step.begin), f"{step.part:.0%}", count, f"{step.share:.1%}", report.with_constructs(step.alias)
    if report.steps:
        met, requests = (sum(getattr(step, name) for step in report.steps) for name in ("met", "requests"))
        yield "all", "", f"{met:,} of {requests:,} requests", f"{met / max(1, requests):.1%}", ""


def worse_lines(report: Report) -> Iterator[Line]:
    """Return the figures that are worse in another way back, with that way."""
    for each in worse_elsewhere(report):
        value = f"{each.value:,.0f} visitors" if each.is_count and each.value is not None else duration(each.value)
        yield each.says, value, each.way


def way_lines(report: Report) -> Iterator[tuple[str, list[Way]]]:
    """Return each result with the ways back that lead to it, the worst first."""
    by_result: dict[str, list[Way]] = {}
    for way in sorted(report.ways, key=_order):
        figures = way.figures
        broken = [verdict.invariant.value for verdict in way.verdicts if not verdict.held]
        result = f"contained after {duration(figures.contain)}, " if figures.exposed_at is not None else ""
        result += f"back after {duration(figures.back)}"
        result += f", {figures.met:,} visitors" + "".join(f"; BROKEN: {each}" for each in broken)
        by_result.setdefault(result, []).append(way)
    yield from by_result.items()


def _order(way: Way) -> tuple[int, float, bool, float, str]:
    """Order ways back by broken invariants, then by how long they take; those that never finish come first."""
    violations = sum(verdict.violations for verdict in way.verdicts)
    seconds = sum(verdict.seconds for verdict in way.verdicts)
    return -violations, -seconds, way.figures.back is not None, -(way.figures.back or 0), way.name


def shown_way(report: Report) -> str:
    """Return which way back the report shows."""
    name = report.ways[report.shown].name
    return f"All figures are from one way back, the worst of {len(report.ways)}: {name}"


def figure_lines(report: Report) -> Iterator[Line]:
    """Return the figures of the way that the report shows."""
    figures = report.figures
    yield "visitors", f"{figures.visitors:,}", f"with {figures.requests:,} requests"
    yield from _baked(report)
    yield from _affected(report)
    yield "page replaced", f"{figures.saw_replaced:,}", "while in use, counted separately; `RetainedAssets` prevents it"
    if figures.broken_apart:
        share = figures.broken_apart / max(1, figures.pages_apart)
        yield "broken while mixed", f"{share:.1%}", "of pages while the partitions were on different releases"
    if figures.exposed_at is not None:
        yield "detected after", duration(figures.detect), _detected(figures)
        yield "contained after", duration(figures.contain), contained_words(report)
        yield "fully back after", duration(figures.back), "until every alias was as before"
    elif not report.released:
        text = "from the end of the update until every alias was as before" if report.moves else "nothing had moved"
        yield "fully back after", duration(figures.back), text
    yield "total", duration(figures.total), f"{duration(figures.overhead)} of it neither shift nor bake"


def _baked(report: Report) -> Iterator[Line]:
    for each in report.exposure:
        if each.baked is not None:
            text = f"requests that {_name(each.partition)} served during the bake"
            yield "seen by the bake", f"{each.baked:,}", text if each.baked else f"{text}: it proves nothing"


def answer_lines(report: Report) -> Iterator[tuple[str, str]]:
    """Return each bake that passed, by its wave, and the watch, with their findings; a failure is the reason above."""
    yield from ((each.wave or each.phase, each.text) for each in report.answers if each.passed and each.text)


def exposure_lines(report: Report) -> Iterator[tuple[str, ...]]:
    """Return the partition, share, exposure, switch and visitors served of each turn; see `EXPOSURE_COLUMNS`."""
    version = "bad" if report.fault.is_any else "new"
    for each in report.exposure:
        switched = "not reached" if each.switched_at is None else f"switched at {moment(each.switched_at)}"
        served = f"{each.met:,} visitors served by the {version} version" if each.switched_at is not None else ""
        yield each.partition, f"{100 * each.share:g} %", f"exposure {100 * each.exposure:g} %", switched, served


def _affected(report: Report) -> Iterator[Line]:
    figures = report.figures
    version = "bad" if report.fault.is_any else "new"
    # A good release goes on to reach all visitors after the last count; a bad one is observed for longer.
    counts_end = report.released and not report.fault.is_any and figures.met > 0
    until = " until the update ended, all afterwards" if counts_end else ""
    text = f"{figures.blast_radius:.2%} of visitors{until}; {figures.requests_met:,} requests"
    yield f"served by the {version} version", f"{figures.met:,}", text
    if figures.exposed_at is not None:
        text = f"of the visitors during the bad release: {figures.met:,} of {figures.came:,}{_judged(report)}"
        yield "share served by it", f"{figures.share_met:.1%}", text
    errors = f"{figures.share_with_error:.2%} of visitors; {figures.errors:,} requests"
    yield "got an error", f"{figures.met_error:,}", errors
    broken = f"{figures.share_with_broken:.2%} of visitors; {figures.broken:,} of {figures.pages:,} pages"
    yield "saw a broken page", f"{figures.saw_broken:,}", broken


def _judged(report: Report) -> str:
    """Return whether a bad front end served more visitors than were exposed, if that is judged."""
    blast = blast_of(report)
    if blast is None:
        return ""
    judged = "at most" if blast.within else "MORE than"
    bound = f"{100 * blast.exposure:g} % + {100 * blast.margin:.1f} %"
    return f"; {judged} three standard errors above the exposure at its detection ({bound})"


def _detected(figures: Figures) -> str:
    if figures.compared:
        return "from the bad version's first request until the comparison could read the minute that decided"
    if figures.detect is not None:
        return "from the bad version's first request to the first red alarm that is watched"
    if figures.alarmed is not None:
        return f"an alarm turned red after {duration(figures.alarmed)}, but nothing in this release watched it then"
    return "no alarm turned red before the end" if figures.ended_at is None else "no alarm turned red before it ended"


def contained_words(report: Report) -> str:
    """Return whether the bad version was contained within one poll, if that is judged."""
    judged = containment_of(report)
    if judged is None:
        return "until the bad version served no visitor"
    within = "within" if judged.within_one_poll else "NOT within"
    detection = "the minute that decided could be read" if report.figures.compared else "its alarm"
    return f"{duration(judged.after_alarm)} after {detection}; {within} one poll ({duration(judged.poll)})"
