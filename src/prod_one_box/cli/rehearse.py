"""The command `prod-one-box rehearse`: its words, and what it does with them."""

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from ..rehearsal.notation import parse_seconds, parse_share
from ..rehearsal.plan.release_plan import PARTS
from ..rehearsal.visitors.population import Population
from ..template.cloud_assembly import AssemblyError
from .output import STANDARD_OUTPUT, add_json_argument, check_writable, printing, write
from .rehearse_options import (
    add_page_arguments,
    asked_assumptions,
    asked_disturbance,
    asked_fault,
    asked_limits,
    asked_page,
    asked_visitors,
)

_CHOICES: Final = ("front-end", "backend", "both")
_VISITORS: Final = {
    "visits_per_minute": ("N", "how many visits begin each minute"),
    "pages_per_visit": ("N", "how many pages a visit has, on average"),
    "seconds_between_pages": ("N", "how long a visitor reads a page, on average"),
    "assets_per_page": ("N", "how many scripts and styles a page asks for"),
    "api_calls_per_page": ("N", "how many API calls a page makes"),
    "returning": ("SHARE", "of visits by somebody who has been there before"),
    "without_cookies": ("SHARE", "of visitors who keep no cookie"),
    "behind_one_address": ("SHARE", "of visitors who come from one and the same address"),
}
_SHARES: Final = {
    "affected": "of the visitors during the bad release, whom it served",
    "errors": "of visitors who met an error",
    "broken": "of visitors who saw a broken page",
}
_TIMES: Final = {
    "detect": "until a watched alarm is red",
    "contain": "until nobody is served the bad version",
    "back": "until every alias is as it was",
    "total": "from the update's beginning to its end",
}


_EXIT_STATUS: Final = (
    "0: everything held; 1: an invariant or a limit was broken, or a bad release reached everybody or was not noticed "
    "(--allow-undetected accepts that); 2: it could not be played, or a report could not be written, and one line "
    "says why; 130: it was interrupted."
)


def add_rehearse_arguments(parser: argparse.ArgumentParser) -> None:
    """Says which words the command takes."""
    parser.add_argument("assembly", type=Path, help="the folder of a cloud assembly, such as cdk.out")
    parser.add_argument(
        "--against", type=Path, metavar="OLD", help="the assembly that is deployed now (default: all versions are new)"
    )
    parser.add_argument("--stack", help="the stack as `cdk ls` prints it, with those that it depends on (default: all)")
    parser.add_argument("--distribution", help="the distribution, if several lead to the release")
    parser.add_argument("--seed", type=int, default=1, help="of all that is drawn (default: 1)")
    parser.add_argument("--without", action="append", default=[], choices=PARTS, help="play it as it would go without")
    parser.add_argument(
        "--assume",
        action="append",
        default=[],
        metavar="NAME=VALUE|@FILE",
        help="a modelled number, such as metric_delay_seconds=2m, or a file of measured ones, such as @measured.json; "
        "the last one counts; `python -m pydoc prod_one_box.Assumptions` tells all",
    )
    parser.add_argument("--html", type=Path, metavar="FILE", help="write the report as a page (-: print it alone)")
    add_json_argument(parser)
    _add_fault(parser.add_argument_group("what is wrong"))
    _add_visitors(parser.add_argument_group("visitors"))
    add_page_arguments(parser.add_argument_group("what visitors ask the edge for"))
    _add_limits(
        parser.add_argument_group("limits, such as 25% or 3m30s (default: none; exit status 1 if one is broken)")
    )
    parser.add_argument_group("exit status", _EXIT_STATUS)


def _add_fault(group: "argparse._ArgumentGroup") -> None:
    group.add_argument("--fault", choices=_CHOICES, help="which new code is bad (default: none)")
    share, seconds = _typed(parse_share), _typed(parse_seconds)
    group.add_argument(
        "--error-rate",
        type=share,
        metavar="SHARE",
        help="of its requests (default: 30%%, or none with --broken-page, --leak or --latency-factor)",
    )
    group.add_argument("--answers", action="store_true", help="its errors are answers of 500, not crashes")
    group.add_argument(
        "--latency-factor", type=float, default=1.0, metavar="N", help="how much slower it is (default: 1, not at all)"
    )
    group.add_argument("--broken-page", action="store_true", help="its pages load and do not work")
    group.add_argument(
        "--for-visitors", type=share, default=1.0, metavar="SHARE", help="whom it concerns (default: all)"
    )
    group.add_argument(
        "--after", type=seconds, default=0.0, metavar="TIME", help="how late it shows (default: at once)"
    )
    group.add_argument(
        "--leak", type=share, default=0.0, metavar="SHARE", help="added to the error rate every minute (default: none)"
    )
    group.add_argument(
        "--needs-new-backend", action="store_true", help="new pages break on an old backend; adds to --fault"
    )
    group.add_argument("--red", action="append", default=[], metavar="ALARM", help="an alarm that is red already")
    group.add_argument("--cancel-at", type=seconds, metavar="TIME", help="an operator cancels the update (default: no)")
    group.add_argument("--sibling-fails-at", type=seconds, metavar="TIME", help="another resource fails (default: no)")
    group.add_argument(
        "--crash-at-poll", type=int, metavar="N", help="the bake's handler crashes at its n-th poll (default: no)"
    )
    group.add_argument(
        "--throttle-at", type=seconds, metavar="TIME", help="Lambda throttles the waits' handlers (default: no)"
    )
    group.add_argument("--throttle-for", type=seconds, metavar="TIME", help="how long (default: until the end)")


def _add_visitors(group: "argparse._ArgumentGroup") -> None:
    for name, (metavar, says) in _VISITORS.items():
        usual = getattr(Population, name)
        read = _typed(parse_share) if metavar == "SHARE" else type(usual)
        shown = f"{100 * usual:g}%%" if metavar == "SHARE" else f"{usual:g}"
        option = f"--{name.replace('_', '-')}"
        group.add_argument(option, type=read, metavar=metavar, help=f"{says} (default: {shown})")


def _add_limits(group: "argparse._ArgumentGroup") -> None:
    for name, says in _SHARES.items():
        group.add_argument(f"--max-{name}", type=_typed(parse_share), metavar="SHARE", help=says)
    for name, says in _TIMES.items():
        group.add_argument(f"--max-{name}", type=_typed(parse_seconds), metavar="TIME", help=says)
    group.add_argument(
        "--allow-undetected",
        action="store_true",
        help="accept a bad release that reaches everybody or that no watched alarm notices (default: exit status 1)",
    )


def rehearse_command(options: argparse.Namespace) -> int:
    """Rehearses, prints the report and writes the others.

    Returns:
        0: everything held; 1: an invariant or a limit was broken.

    Raises:
        AssemblyError: If the rehearsal cannot be run, or a report cannot be written.
    """
    # simpy and rich are loaded only when something is rehearsed: --help has to answer at once.
    from rich.console import Console  # noqa: PLC0415

    from ..rehearsal.rehearse import rehearse  # noqa: PLC0415
    from ..rehearsal.report.report_html import report_as_html  # noqa: PLC0415
    from ..rehearsal.report.report_json import report_as_json  # noqa: PLC0415
    from ..rehearsal.report.report_text import print_report  # noqa: PLC0415
    from .output import progress_on  # noqa: PLC0415

    asked: dict[str, Any] = _asked(options)
    formats = ((options.html, report_as_html), (options.json, report_as_json))
    written = [(path, as_text) for path, as_text in formats if path and path != STANDARD_OUTPUT]
    printed = [as_text for path, as_text in formats if path == STANDARD_OUTPUT]
    if len(printed) > 1:
        raise AssemblyError("--html, --json: got - for both; allowed: for one of them")
    for path, _ in written:
        check_writable(path)
    with progress_on(Console(stderr=True)) as progress:
        report = rehearse(options.assembly, progress=progress, **asked)
    for path, as_text in written:
        write(path, as_text(report))
    with printing():
        if printed:
            print(printed[0](report), end="")
        else:
            print_report(report, Console(highlight=False))
            for path, _ in written:
                print(f"\nWritten: {path}")
    return 0 if report.held else 1


def _asked(options: argparse.Namespace) -> dict[str, Any]:
    """The arguments of `rehearse`."""
    return {
        "against": options.against,
        "stack": options.stack,
        "distribution": options.distribution,
        "fault": asked_fault(options),
        "visitors": asked_visitors(options),
        "seed": options.seed,
        "without": options.without,
        "disturbance": asked_disturbance(options),
        "red": options.red,
        "assumptions": asked_assumptions(options.assume),
        "limits": asked_limits(options),
        "request": asked_page(options),
    }


def _typed(parse: Callable[[str], float]) -> Callable[[str], float]:
    """Lets argparse show the reason why a value is refused."""

    def typed(text: str) -> float:
        try:
            return parse(text)
        except ValueError as error:
            raise argparse.ArgumentTypeError(str(error)) from error

    return typed
