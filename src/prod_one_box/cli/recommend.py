"""The command `prod-one-box recommend`: put settings of a release side by side for some traffic and a fault."""

import argparse
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from ..rehearsal.choice.as_python import as_python
from ..rehearsal.choice.choice import ENOUGH, TOO_OFTEN, Choice, Row, choose
from ..rehearsal.choice.present import Present, read_present
from ..rehearsal.choice.setting import ErrorAlarm, Setting, Wave
from ..rehearsal.choice.trials import Question
from ..rehearsal.notation import parse_rate, parse_share
from ..rehearsal.visitors.population import Population
from ..template.cloud_assembly import AssemblyError, read_assembly
from ..template.construct_names import naming_constructs
from .output import STANDARD_OUTPUT, add_json_argument, check_writable, finish, progress_bar
from .rehearse_options import add_assembly_arguments, parser_of

_FEWEST_RELEASES: Final = 100
_MOST_RELEASES: Final = 5_000
_MOST_PAGES: Final = 1e6

_MOST_LISTED: Final = 4

_COLUMNS: Final = {
    "": -5,
    "waves, %": -10,
    "bakes": -8,
    "red above": -11,
    "compared": -8,
    "found": 6,
    "after": 5,
    "visitors": 8,
    "false": 5,
    "takes": 5,
}
"""The columns and their widths; those of negative ones are aligned to the left."""

_LEGEND: Final = (
    "bakes, after, takes: in minutes; red above: the error rate of a partition, and",
    "its fewest requests or the period; compared: the comparison's false_alarms;",
    "found: bad releases that are stopped before the promotion; after: from the first",
    "switch until half of these are; visitors: who had met a bad release by then or",
    "by the promotion, on average; false: good releases that are stopped; takes: from",
    "the first switch to the promotion",
)

_ASSUMED: Final = (
    "Requests are assumed to come and fail independently of each other.",
    "Metrics are assumed to be readable after 3 minutes, by alarms after 1.",
    "Latency, alarms of your own, canaries and a watch are not simulated.",
    "A worse fault is found sooner, but a large first wave lets more meet it.",
)


@dataclass(frozen=True, kw_only=True)
class _Recommendation:
    """What the command found, and what it was asked."""

    present: Present
    question: Question
    choice: Choice
    pages: float

    @property
    def row(self) -> Row:
        return self.choice.rows[self.choice.recommended]

    def visitors(self, row: Row) -> float:
        """Return how many visits a bad release's requests are."""
        return row.figures.requests / self.pages


def add_recommend_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    add_assembly_arguments(parser, stack="the stack with the front end, as `cdk ls` prints it (default: the only one)")
    parser.add_argument(
        "--requests",
        type=parser_of(parse_rate),
        required=True,
        metavar="RATE",
        help="requests of the whole site that reach its partitions, such as 60/min, 1/s or 3600/h",
    )
    parser.add_argument(
        "--find",
        type=parser_of(parse_share),
        required=True,
        metavar="SHARE",
        help="share of its requests that fail on a bad version which you want to find, such as 10%%",
    )
    parser.add_argument(
        "--usual-errors",
        type=parser_of(parse_share),
        default=0.01,
        metavar="SHARE",
        help="share of requests that fail on a good day (default: 1%%)",
    )
    _add_simulation_arguments(parser)
    add_json_argument(parser)
    parser.add_argument_group(
        "exit status",
        "0: a setting was recommended; 2: the assembly holds no front end with bakes, or the command could not run; "
        "130: interrupted.",
    )
    parser.set_defaults(run=recommend_command)


def _add_simulation_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--pages-per-visit",
        type=float,
        default=Population.pages_per_visit,
        metavar="N",
        help=f"such requests in a visit, on average (default: {Population.pages_per_visit:g})",
    )
    parser.add_argument(
        "--releases",
        type=int,
        default=1_000,
        metavar="COUNT",
        help="good and bad releases that are simulated of each setting (default: 1000)",
    )
    parser.add_argument("--seed", type=int, default=1, help="the seed of all random numbers (default: 1)")


def recommend_command(options: argparse.Namespace) -> int:
    """Simulate the settings, print them, and return the exit status.

    Raises:
        AssemblyError: If an option is not allowed, or the assembly holds no front end whose handler can be asked.
    """
    question = _question(options)
    if options.json and options.json != STANDARD_OUTPUT:
        check_writable(options.json)
    stacks = read_assembly(options.assembly)
    with naming_constructs(stacks), progress_bar() as progress:
        present = read_present(stacks, options.stack)
        choice = choose(present, question, lambda done, of: progress("Simulating releases", done, of))
    found = _Recommendation(present=present, question=question, choice=choice, pages=options.pages_per_visit)
    return finish(
        options.json,
        stacks,
        lines=_lines(found),
        content=_content(found),
        broken=(),
        notes=(*_advice(found), *present.notes, *_ASSUMED),
    )


def _question(options: argparse.Namespace) -> Question:
    usual, fault = options.usual_errors, options.find
    if fault <= usual:
        raise AssemblyError(f"--find: got {fault:.4g}; allowed: more than --usual-errors, {usual:.4g}, up to 100%")
    if not _FEWEST_RELEASES <= options.releases <= _MOST_RELEASES:
        allowed = f"{_FEWEST_RELEASES} to {_MOST_RELEASES:,}"
        raise AssemblyError(f"--releases: got {options.releases}; allowed: {allowed}")
    if not 0 < options.pages_per_visit <= _MOST_PAGES:
        raise AssemblyError(f"--pages-per-visit: got {options.pages_per_visit:g}; allowed: above 0, up to a million")
    return Question(rate=options.requests, usual=usual, fault=fault, releases=options.releases, seed=options.seed)


def _lines(found: _Recommendation) -> Iterator[str]:
    question = found.question
    good, bad, releases = _percent(question.usual), _percent(question.fault), f"{question.releases:,}"
    yield f"{found.present.stack} at {question.rate:,.7g} requests a minute"
    yield f"{good} fail on a good version, {bad} on a bad one"
    yield f"{releases} good and {releases} bad releases of each setting, simulated"
    yield ""
    yield _aligned(*_COLUMNS)
    yield from (_row(found, number, row) for number, row in enumerate(found.choice.rows))
    yield ""
    yield from _LEGEND
    yield ""
    yield from _conclusion(found)
    yield ""
    yield from (f"    {line}" for line in as_python(found.row.setting))
    yield ""


def _row(found: _Recommendation, number: int, row: Row) -> str:
    setting, figures = row.setting, row.figures
    return _aligned(
        ("> " if number == found.choice.recommended else "  ") + ("now" if number == 0 else str(number)),
        _listed([f"{each.share:g}" for each in setting.waves]),
        _listed([str(each) for each in _alike([each.bake for each in setting.waves])]),
        _alarm(setting.alarm),
        f"{100 * setting.compared.false_alarms:g} %" if setting.compared else "no",
        f"{figures.found:.1%}",
        "-" if figures.minutes is None else f"{figures.minutes:g}",
        f"{found.visitors(row):,.0f}",
        f"{figures.false_aborts:.1%}",
        str(setting.promoted_after),
    )


def _aligned(*cells: str) -> str:
    """Return a line of the table."""
    widths = _COLUMNS.values()
    aligned = (f"{cell:{'<' if width < 0 else '>'}{abs(width)}}" for cell, width in zip(cells, widths, strict=True))
    return " ".join(aligned).rstrip()


def _alike(bakes: Sequence[int]) -> Sequence[int]:
    return bakes[:1] if len({*bakes}) == 1 else bakes


def _listed(words: Sequence[str]) -> str:
    """Return words in a line; of many, the first and the last."""
    return " ".join(words) if len(words) <= _MOST_LISTED else f"{words[0]} … {words[-1]}"


def _alarm(alarm: ErrorAlarm | None) -> str:
    if alarm is None:
        return "no alarm"
    period = f" in {alarm.period}m" if alarm.period > 1 else ""
    return f"{alarm.error_rate:g} %{period or f' of {alarm.minimum_requests:g}'}"


def _percent(share: float) -> str:
    return f"{100 * share:.4g} %"


def _conclusion(found: _Recommendation) -> Iterator[str]:
    number = found.choice.recommended
    yield f"Recommended: {f'setting {number}' if number else 'the present setting'}."
    if found.row.finds:
        yield f"Of the settings that find the fault in {ENOUGH:.0%} of the releases and stop at most"
        yield f"{TOO_OFTEN:.0%} of the good ones, it is the shortest with about the fewest visitors."
    else:
        yield f"None finds the fault in {ENOUGH:.0%} of the releases and stops at most {TOO_OFTEN:.0%} of the good"
        yield "ones; this one finds it most often."
    yield "As arguments of OneBoxFrontend:" if number else "Nothing has to change. As arguments of OneBoxFrontend:"


def _advice(found: _Recommendation) -> Iterator[str]:
    """Yield what to do for the recommended setting."""
    now, then = found.present.setting, found.row.setting
    if now.shares != then.shares:
        yield "The shares change: do that in an update that releases nothing."
    if now.alarm != then.alarm:
        yield "Keep the latency that your Thresholds have."
    if now.compared is None and then.compared:
        yield "A comparison aborts only with the library's HTTP APIs, or with `compare_by`."


def _content(found: _Recommendation) -> dict[str, object]:
    question = found.question
    return {
        "stack": found.present.stack,
        "requests_per_minute": question.rate,
        "find": question.fault,
        "usual_errors": question.usual,
        "pages_per_visit": found.pages,
        "releases": question.releases,
        "seed": question.seed,
        "settings": [_content_of(found, row) for row in found.choice.rows],
        "recommended": found.choice.recommended,
        "python": "\n".join(as_python(found.row.setting)),
    }


def _content_of(found: _Recommendation, row: Row) -> dict[str, object]:
    figures, setting = row.figures, row.setting
    return {
        **_content_of_setting(setting),
        "found": figures.found,
        "stopped_after": None if figures.minutes is None else 60 * figures.minutes,
        "requests": figures.requests,
        "visitors": found.visitors(row),
        "false_aborts": figures.false_aborts,
        "seconds": 60 * setting.promoted_after,
    }


def _content_of_setting(setting: Setting) -> Mapping[str, object]:
    def wave(each: Wave) -> Mapping[str, float]:
        return {"share": each.share, "bake_seconds": 60 * each.bake}

    alarm, compared = setting.alarm, setting.compared
    thresholds = alarm and {
        "error_rate": alarm.error_rate,
        "minimum_requests": alarm.minimum_requests,
        "period_seconds": 60 * alarm.period,
        "datapoints": alarm.datapoints,
    }
    return {
        "waves": [wave(each) for each in setting.waves],
        "thresholds": thresholds,
        "comparison": compared and compared._asdict(),
    }
