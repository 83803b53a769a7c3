"""The command `prod-one-box rehearse`: its words, and what it does with them."""

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from .asked import asked_assumptions, asked_disturbance, asked_fault, asked_limits, asked_visitors
from .notation import parse_seconds, parse_share
from .parts import PARTS
from .written import check_writable, printing, write

_CHOICES: Final = ("front-end", "backend", "both")


def add_rehearse_arguments(parser: argparse.ArgumentParser) -> None:
    """Says which words the command takes."""
    parser.add_argument("assembly", type=Path, help="the folder of a cloud assembly, such as cdk.out")
    parser.add_argument("--against", type=Path, metavar="OLD", help="the assembly that is deployed now")
    parser.add_argument("--stack", help="the stack as `cdk ls` prints it, if several hold a release")
    parser.add_argument("--distribution", help="the distribution, if several lead to the release")
    parser.add_argument("--seed", type=int, default=1, help="of all that is drawn (default: 1)")
    parser.add_argument("--without", action="append", default=[], choices=PARTS, help="play it as it would go without")
    parser.add_argument(
        "--assume",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="a modelled number, such as metric_delay_seconds=2m; docs/rehearsing.md lists them all",
    )
    parser.add_argument("--html", type=Path, metavar="FILE", help="write the report as a page")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the report for machines")
    _add_fault(parser.add_argument_group("what is wrong"))
    _add_visitors(parser.add_argument_group("visitors"))
    limits = parser.add_argument_group("limits (exit status 1 if one is broken)")
    for name in ("affected", "errors", "broken"):
        limits.add_argument(
            f"--max-{name}", type=_typed(parse_share), metavar="SHARE", help="of visitors, such as 25%%"
        )
    for name in ("detect", "contain", "back", "total"):
        limits.add_argument(f"--max-{name}", type=_typed(parse_seconds), metavar="TIME", help="such as 90s or 3m30s")


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
    group.add_argument("--latency-factor", type=float, default=1.0, metavar="N", help="how much slower it is")
    group.add_argument("--broken-page", action="store_true", help="its pages load and do not work")
    group.add_argument("--for-visitors", type=share, default=1.0, metavar="SHARE", help="whom it concerns")
    group.add_argument("--after", type=seconds, default=0.0, metavar="TIME", help="how late it shows")
    group.add_argument("--leak", type=share, default=0.0, metavar="SHARE", help="added to the error rate every minute")
    group.add_argument(
        "--needs-new-backend", action="store_true", help="new pages break on an old backend; adds to --fault"
    )
    group.add_argument("--red", action="append", default=[], metavar="ALARM", help="an alarm that is red already")
    group.add_argument("--cancel-at", type=seconds, metavar="TIME", help="an operator cancels the update")
    group.add_argument("--sibling-fails-at", type=seconds, metavar="TIME", help="another resource fails")
    group.add_argument("--crash-at-poll", type=int, metavar="N", help="the bake's handler crashes at its n-th poll")


def _add_visitors(group: "argparse._ArgumentGroup") -> None:
    group.add_argument("--visits-per-minute", type=float, metavar="N")
    group.add_argument("--pages-per-visit", type=float, metavar="N")
    group.add_argument("--seconds-between-pages", type=float, metavar="N")
    group.add_argument("--assets-per-page", type=int, metavar="N")
    group.add_argument("--api-calls-per-page", type=int, metavar="N")
    for name in ("returning", "without-cookies", "behind-one-address"):
        group.add_argument(f"--{name}", type=_typed(parse_share), metavar="SHARE")


def rehearse_command(options: argparse.Namespace) -> int:
    """Rehearses, prints the report and writes the others.

    Returns:
        0: everything held; 1: an invariant or a limit was broken.

    Raises:
        AssemblyError: If the rehearsal cannot be run, or a report cannot be written.
    """
    # simpy and rich are loaded only when something is rehearsed: --help has to answer at once.
    from rich.console import Console  # noqa: PLC0415

    from .rehearse import rehearse  # noqa: PLC0415
    from .report.progress import progress_on  # noqa: PLC0415
    from .report.report_html import report_as_html  # noqa: PLC0415
    from .report.report_json import report_as_json  # noqa: PLC0415
    from .report.report_text import print_report  # noqa: PLC0415

    asked: dict[str, Any] = _asked(options)
    written = [
        (path, as_text) for path, as_text in ((options.html, report_as_html), (options.json, report_as_json)) if path
    ]
    for path, _ in written:
        check_writable(path)
    with progress_on(Console(stderr=True)) as progress:
        report = rehearse(options.assembly, progress=progress, **asked)
    for path, as_text in written:
        write(path, as_text(report))
    with printing():
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
    }


def _typed(parse: Callable[[str], float]) -> Callable[[str], float]:
    """Lets argparse show the reason why a value is refused."""

    def typed(text: str) -> float:
        try:
            return parse(text)
        except ValueError as error:
            raise argparse.ArgumentTypeError(str(error)) from error

    return typed
