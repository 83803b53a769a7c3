"""The words and lines that every report of a rehearsal shares, so that they all say the same.

What was played, in words: the release, what was wrong with it, and what happened to it from outside.

The figures of a report, in words.
"""

from collections.abc import Iterator
from typing import Final

from ..notation import duration, moment
from ..visitors.faults import Fault
from ..visitors.figures import Figures
from ..visitors.invariants import Verdict
from .judgement import blast_of, containment_of, worse_elsewhere
from .report import Report, Way


def what_was_played(report: Report) -> str:
    """The release, its faults, and what it went without."""
    fault = report.fault
    tiers = [name for name, has in (("front end", fault.front_end), ("backend", fault.backend)) if has]
    release = f"a bad {' and a bad '.join(tiers)}" if tiers else "a good release"
    return f"{release} without {', '.join(report.without)}" if report.without else release


def played_lines(report: Report) -> Iterator[str]:
    """What is wrong with the new code, and what happens to the update, a sentence each."""
    fault = report.fault
    if fault.is_any:
        tiers = " and ".join(name for name, has in (("front end", fault.front_end), ("backend", fault.backend)) if has)
        whom = f", for {100 * fault.visitors:.3g} % of visitors" if fault.visitors < 1 else ""
        late = f", from {duration(fault.after)} after its first request on" if fault.after else ""
        yield f"The new {tiers}: {', '.join(_symptoms(fault)) or 'nothing that shows'}{whom}{late}"
    if fault.needs_new_backend:
        yield "The new front end's pages break when an old backend answers"
    yield from _from_outside(report)


def _symptoms(fault: Fault) -> Iterator[str]:
    kind = "are answered with 500" if fault.answers else "crash"
    if fault.failing:
        yield f"{100 * fault.failing:.3g} % of requests {kind}"
    if fault.leak:
        yield f"{100 * fault.leak:.3g} % more {kind} every minute"
    if fault.latency_factor != 1:
        yield f"requests take {fault.latency_factor:g} times as long"
    if fault.broken_page:
        yield "pages load and do not work"


def _from_outside(report: Report) -> Iterator[str]:
    asked = report.disturbance
    if asked.cancel_at is not None:
        yield f"An operator cancels the update after {duration(asked.cancel_at)}"
    if asked.sibling_fails_at is not None:
        yield f"Another resource fails after {duration(asked.sibling_fails_at)}"
    if asked.crash_at_poll is not None:
        yield f"The handler crashes at poll {asked.crash_at_poll} of the {asked.crash_of}"
    if asked.throttle_at is not None:
        long = "" if asked.throttle_for is None else f" for {duration(asked.throttle_for)}"
        yield f"Lambda throttles the waits' handlers after {duration(asked.throttle_at)}{long}"
    if report.red:
        yield report.with_constructs(f"Red already: {', '.join(report.red)}")


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


Line = tuple[str, str, str]
"""A figure: what, how much, and what that means."""


def figure_lines(report: Report) -> Iterator[Line]:
    """The figures of the way that is shown."""
    figures = report.figures
    yield "visitors", f"{figures.visitors:,}", f"with {figures.requests:,} requests"
    if figures.baked is not None:
        says = "requests that the one-box served during the bake"
        yield "seen by the bake", f"{figures.baked:,}", says if figures.baked else f"{says}: it shows nothing"
    yield from _affected(report)
    yield "page replaced under them", f"{figures.saw_replaced:,}", "counted apart; `RetainedAssets` prevents it"
    if figures.broken_apart:
        share = figures.broken_apart / max(1, figures.pages_apart)
        yield "broken while apart", f"{share:.1%}", "of pages while the partitions were on different releases"
    if figures.exposed_at is not None:
        yield "detected after", duration(figures.detect), _detected(figures)
        yield "contained after", duration(figures.contain), _contained(report)
    yield from _back(report)
    yield "total", duration(figures.total), f"{duration(figures.overhead)} of it neither shift nor bake"


def _affected(report: Report) -> Iterator[Line]:
    figures = report.figures
    bad = "the bad version" if report.fault.is_any else "the new version"
    until = " until the update ended, all afterwards" if _counts_end_at_promotion(report) else ""
    served = f"{figures.blast_radius:.2%} of visitors{until}; {figures.requests_met:,} requests"
    yield f"served by {bad}", f"{figures.met:,}", served
    if figures.exposed_at is not None:
        says = f"of the visitors during the bad release: {figures.met:,} of {figures.came:,}{_judged(report)}"
        yield "share served by it", f"{figures.share_met:.1%}", says
    errors = f"{figures.share_with_error:.2%} of visitors; {figures.errors:,} requests"
    yield "met an error", f"{figures.met_error:,}", errors
    broken = f"{figures.share_with_broken:.2%} of visitors; {figures.broken:,} of {figures.pages:,} pages"
    yield "saw a broken page", f"{figures.saw_broken:,}", broken


def _counts_end_at_promotion(report: Report) -> bool:
    """Whether the release went on to reach everybody after all was counted; a bad one is watched for longer."""
    return report.released and not report.fault.is_any and report.figures.met > 0


def _judged(report: Report) -> str:
    """Whether a bad front end reached more than its share; empty if that is not to be judged."""
    blast = blast_of(report)
    if blast is None:
        return ""
    judged = "at most" if blast.within else "MORE than"
    return f"; {judged} three standard errors above the share ({100 * blast.share:g} % + {100 * blast.margin:.1f} %)"


def _detected(figures: Figures) -> str:
    if figures.detect is not None:
        return "from the bad version's first request to the first red alarm that is watched"
    if figures.alarmed is not None:
        return f"an alarm turned red after {duration(figures.alarmed)}, and nothing of this release watched it then"
    return "no alarm turned red before the end" if figures.ended_at is None else "no alarm turned red before it ended"


def _contained(report: Report) -> str:
    judged = containment_of(report)
    if judged is None:
        return "until nobody was served the bad version"
    within = "within" if judged.within_one_poll else "NOT within"
    return f"{duration(judged.after_alarm)} after its alarm; {within} one poll ({duration(judged.poll)})"


def _back(report: Report) -> Iterator[Line]:
    figures = report.figures
    if figures.exposed_at is not None:
        yield "fully back after", duration(figures.back), "until every alias was as before"
    elif not report.released:
        says = "from the update's end until every alias was as before" if report.moves else "nothing had moved"
        yield "fully back after", duration(figures.back), says
