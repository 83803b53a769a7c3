"""The command `prod-one-box rehearse`: simulate the release and report what it costs."""

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import Final

from ..rehearsal.notation import parse_seconds, parse_share
from ..rehearsal.plan.release_plan import PARTS, Disturbance
from ..rehearsal.report.limits import Limits
from ..rehearsal.visitors.population import Population
from ..template.cloud_assembly import AssemblyError
from .output import STANDARD_OUTPUT, add_json_argument, check_writable, deliver, progress_bar
from .rehearse_options import (
    add_assembly_arguments,
    add_page_arguments,
    read,
    read_assumptions,
    read_fault,
    read_page,
)

_VISITORS: Final = {
    "visits_per_minute": ("N", "visits that start each minute"),
    "pages_per_visit": ("N", "pages in a visit, on average"),
    "seconds_between_pages": ("N", "seconds that a visitor reads a page, on average"),
    "assets_per_page": ("N", "scripts and style sheets that a page loads"),
    "api_calls_per_page": ("N", "API calls that a page makes"),
    "returning": ("SHARE", "share of visits by returning visitors"),
    "without_cookies": ("SHARE", "share of visitors who keep no cookies"),
    "behind_one_address": ("SHARE", "share of visitors behind one IP address"),
}
_SHARE_LIMITS: Final = {
    "affected": "share of the visitors during the bad release that it served",
    "errors": "share of visitors with an error",
    "broken": "share of visitors with a broken page",
}
_TIME_LIMITS: Final = {
    "detect": "from exposure until a watched alarm is red",
    "contain": "from exposure until no visitor is served the bad version",
    "back": "from exposure until every alias is back",
    "total": "from the start of the update to its end",
}


def _share(text: str) -> float:
    return _parse(parse_share, text)


def _seconds(text: str) -> float:
    return _parse(parse_seconds, text)


def _parse(parse: Callable[[str], float], text: str) -> float:
    """Raise argparse's own error, with which it shows the reason."""
    try:
        return parse(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from error


def add_rehearse_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    add_assembly_arguments(
        parser,
        stack="the stack, as `cdk ls` prints it, and those it depends on (default: all stacks)",
        against="the assembly that is deployed now (default: every version is new)",
    )
    parser.add_argument("--distribution", help="the distribution, if several lead to the release")
    parser.add_argument("--seed", type=int, default=1, help="the seed of all random numbers (default: 1)")
    parser.add_argument(
        "--without", action="append", default=[], choices=PARTS, help="leave out a part of the release, to compare"
    )
    parser.add_argument(
        "--assume",
        action="append",
        default=[],
        metavar="NAME=VALUE|@FILE",
        help="set a modelled number, such as metric_delay_seconds=2m, or those in a file, such as @measured.json; the "
        "last one counts; `python -m pydoc prod_one_box.Assumptions` lists them",
    )
    parser.add_argument("--html", type=Path, metavar="FILE", help="write an HTML report (-: print it instead)")
    add_json_argument(parser)
    _add_fault(parser.add_argument_group("faults"))
    _add_visitors(parser.add_argument_group("visitors"))
    add_page_arguments(parser.add_argument_group("the page that visitors request"))
    _add_limits(parser.add_argument_group("limits", "Such as 25% or 3m30s (default: none); exit status 1 if exceeded."))
    parser.add_argument_group(
        "exit status",
        "0: everything held; 1: an invariant or a limit was broken, or a bad release reached all visitors or went "
        "undetected (--allow-undetected accepts that); 2: the rehearsal could not run, or a report could not be "
        "written; 130: interrupted.",
    )
    parser.set_defaults(run=rehearse_command)


def _add_fault(group: "argparse._ArgumentGroup") -> None:
    add = group.add_argument
    add("--fault", choices=("front-end", "backend", "both"), help="which new code is bad (default: none)")
    add(
        "--error-rate",
        type=_share,
        metavar="SHARE",
        help="share of its requests that fail (default: 30%%; none with --broken-page, --leak or --latency-factor)",
    )
    add("--answers", action="store_true", help="its failures are 500 responses, not crashes")
    add("--latency-factor", type=float, default=1.0, metavar="N", help="how many times slower it is (default: 1)")
    add("--broken-page", action="store_true", help="its pages load but do not work")
    add("--for-visitors", type=_share, default=1.0, metavar="SHARE", help="share of visitors affected (default: all)")
    add("--after", type=_seconds, default=0.0, metavar="TIME", help="when it starts to show (default: immediately)")
    add(
        "--leak",
        type=_share,
        default=0.0,
        metavar="SHARE",
        help="how much the error rate grows each minute (default: not at all)",
    )
    add(
        "--needs-new-backend",
        action="store_true",
        help="new pages break on an old backend, in addition to --fault",
    )
    add("--red", action="append", default=[], metavar="ALARM", help="an alarm that is red before the release")
    add("--cancel-at", type=_seconds, metavar="TIME", help="when an operator cancels the update (default: never)")
    add("--sibling-fails-at", type=_seconds, metavar="TIME", help="when another resource fails (default: never)")
    add("--crash-at-poll", type=int, metavar="N", help="the poll at which the bake's handler crashes (default: none)")
    add(
        "--throttle-at",
        type=_seconds,
        metavar="TIME",
        help="when Lambda starts to throttle the waits' handlers (default: never)",
    )
    add("--throttle-for", type=_seconds, metavar="TIME", help="for how long (default: until the end)")


def _add_visitors(group: "argparse._ArgumentGroup") -> None:
    for name, (metavar, text) in _VISITORS.items():
        default = getattr(Population, name)
        kind = _share if metavar == "SHARE" else type(default)
        shown = f"{100 * default:g}%%" if metavar == "SHARE" else f"{default:g}"
        group.add_argument(f"--{name.replace('_', '-')}", type=kind, metavar=metavar, help=f"{text} (default: {shown})")


def _add_limits(group: "argparse._ArgumentGroup") -> None:
    for name, text in _SHARE_LIMITS.items():
        group.add_argument(f"--max-{name}", type=_share, metavar="SHARE", help=text)
    for name, text in _TIME_LIMITS.items():
        group.add_argument(f"--max-{name}", type=_seconds, metavar="TIME", help=text)
    group.add_argument(
        "--allow-undetected",
        action="store_true",
        help="accept a bad release that reaches all visitors or that no watched alarm detects (default: status 1)",
    )


def rehearse_command(options: argparse.Namespace) -> int:
    """Rehearse, print the report, write the others, and return the exit status.

    Raises:
        AssemblyError: If the rehearsal cannot run, or a report cannot be written.
    """
    # simpy and rich load slowly, and --help must not wait for them.
    from rich.console import Console  # noqa: PLC0415

    from ..rehearsal.rehearse import rehearse  # noqa: PLC0415
    from ..rehearsal.report.report_html import report_as_html  # noqa: PLC0415
    from ..rehearsal.report.report_json import report_as_json  # noqa: PLC0415
    from ..rehearsal.report.report_text import print_report  # noqa: PLC0415

    if options.html == options.json == STANDARD_OUTPUT:
        raise AssemblyError("--html, --json: got - for both; allowed: for one of them")
    for path in (options.html, options.json):
        if path and path != STANDARD_OUTPUT:
            check_writable(path)
    with progress_bar() as progress:
        report = rehearse(
            options.assembly,
            against=options.against,
            stack=options.stack,
            distribution=options.distribution,
            fault=read_fault(options),
            visitors=read(Population, options),
            seed=options.seed,
            without=options.without,
            disturbance=read(Disturbance, options),
            red=options.red,
            assumptions=read_assumptions(options.assume),
            limits=read(Limits, options),
            request=read_page(options),
            progress=progress,
        )
    deliver(
        [(options.html, lambda: report_as_html(report)), (options.json, lambda: report_as_json(report))],
        lambda: print_report(report, Console(highlight=False)),
    )
    return 0 if report.held else 1
