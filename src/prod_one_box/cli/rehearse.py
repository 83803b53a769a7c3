"""The command `prod-one-box rehearse`: simulate the release and report what it costs."""

import argparse
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from ..rehearsal.notation import duration, parse_seconds, parse_share
from ..rehearsal.plan.release_plan import PARTS, Disturbance
from ..rehearsal.report.limits import Limits
from ..rehearsal.visitors.population import Population
from ..template.cloud_assembly import AssemblyError
from .output import STANDARD_OUTPUT, add_json_argument, check_writable, deliver, progress_bar
from .rehearse_options import (
    add_assembly_arguments,
    add_page_arguments,
    parser_of,
    read,
    read_assumptions,
    read_fault,
    read_page,
)

_FAULTS: Final = {
    "error-rate": (
        "SHARE",
        "share of its requests that fail (default: 30%%; none with --broken-page, --leak or --latency-factor)",
    ),
    "latency-factor": ("N", "how many times slower it is (default: 1)"),
    "for-visitors": ("SHARE", "share of visitors affected (default: all)"),
    "after": ("TIME", "when it starts to show (default: immediately)"),
    "leak": ("SHARE", "how much the error rate grows each minute (default: not at all)"),
}
_DISTURBANCES: Final = {
    "cancel-at": ("TIME", "when an operator cancels the update (default: never)"),
    "sibling-fails-at": ("TIME", "when another resource fails (default: never)"),
    "crash-at-poll": ("COUNT", "the poll at which the bake's handler crashes (default: none)"),
    "throttle-at": ("TIME", "when Lambda starts to throttle the waits' handlers (default: never)"),
    "throttle-for": ("TIME", "for how long (default: until the end)"),
}
_VISITORS: Final = {
    "visits-per-minute": ("N", "visits that start each minute"),
    "pages-per-visit": ("N", "pages in a visit, on average"),
    "seconds-between-pages": ("N", "seconds that a visitor reads a page, on average"),
    "assets-per-page": ("COUNT", "scripts and style sheets that a page loads"),
    "api-calls-per-page": ("COUNT", "API calls that a page makes"),
    "returning": ("SHARE", "share of visits by returning visitors"),
    "without-cookies": ("SHARE", "share of visitors who keep no cookies"),
    "behind-one-address": ("SHARE", "share of visitors behind one IP address"),
    "usual-errors": ("SHARE", "share of requests that fail on a good day, on every version"),
    "errors-together": ("N", "how many of them come together, on average"),
    "errors-last": ("TIME", "the time over which those that come together are spread"),
    "one-box-errors": ("N", "how many times as often requests fail in the one-box on a good day"),
    "incident-at": ("TIME", "when an incident of all versions starts"),
    "incident-for": ("TIME", "how long it lasts"),
    "incident-errors": ("SHARE", "share of requests that fail meanwhile"),
}
_LIMITS: Final = {
    "max-affected": ("SHARE", "share of the visitors during the bad release that it served"),
    "max-errors": ("SHARE", "share of visitors with an error"),
    "max-broken": ("SHARE", "share of visitors with a broken page"),
    "max-detect": ("TIME", "from exposure until a watched alarm is red, or the comparison finds it"),
    "max-contain": ("TIME", "from exposure until no visitor is served the bad version"),
    "max-back": ("TIME", "from exposure until every alias is back"),
    "max-total": ("TIME", "from the start of the update to its end"),
}


_TYPES: Final[Mapping[str, Callable[[str], float]]] = {
    "SHARE": parser_of(parse_share),
    "TIME": parser_of(parse_seconds),
    "N": float,
    "COUNT": int,
}


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
    _add_faults(parser.add_argument_group("faults"))
    visitors = {name: (kind, _with_default(name, kind, text)) for name, (kind, text) in _VISITORS.items()}
    _add_values(parser.add_argument_group("visitors"), visitors)
    add_page_arguments(parser.add_argument_group("the page that visitors request"))
    _add_limits(parser.add_argument_group("limits", "Such as 25% or 3m30s (default: none); exit status 1 if exceeded."))
    parser.add_argument_group(
        "exit status",
        "0: everything held; 1: an invariant or a limit was broken, or a bad release reached all visitors or went "
        "undetected (--allow-undetected accepts that); 2: the rehearsal could not run, or a report could not be "
        "written; 130: interrupted.",
    )
    parser.set_defaults(run=rehearse_command)


def _with_default(name: str, kind: str, text: str) -> str:
    default = getattr(Population, name.replace("-", "_"))
    if default is None:
        return f"{text} (default: never)"
    shown = {"SHARE": f"{100 * default:g}%%", "TIME": duration(default)}.get(kind, f"{default:g}")
    return f"{text} (default: {shown})"


def _add_limits(group: "argparse._ArgumentGroup") -> None:
    _add_values(group, _LIMITS)
    group.add_argument(
        "--allow-undetected",
        action="store_true",
        help="accept a bad release that reaches all visitors or that no watched alarm detects (default: status 1)",
    )


def _add_values(group: "argparse._ArgumentGroup", options: Mapping[str, tuple[str, str]]) -> None:
    """Add options by name, each with its kind of value and its help; without one, the value is None."""
    for name, (kind, text) in options.items():
        group.add_argument(f"--{name}", type=_TYPES[kind], metavar=kind.replace("COUNT", "N"), help=text)


def _add_faults(group: "argparse._ArgumentGroup") -> None:
    group.add_argument(
        "--fault", choices=("front-end", "backend", "both"), help="which new code is bad (default: none)"
    )
    _add_values(group, _FAULTS)
    flags = {
        "answers": "its failures are 500 responses, not crashes",
        "broken-page": "its pages load but do not work",
        "needs-new-backend": "new pages break on an old backend, in addition to --fault",
    }
    for name, text in flags.items():
        group.add_argument(f"--{name}", action="store_true", help=text)
    group.add_argument(
        "--red", action="append", default=[], metavar="ALARM", help="an alarm that is red before the release"
    )
    _add_values(group, _DISTURBANCES)


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
