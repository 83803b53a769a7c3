"""The command `prod-one-box rehearse`: its words, and what it does with them."""

import argparse
from collections.abc import Callable
from dataclasses import fields
from pathlib import Path
from typing import Final

from ..assembly.cloud_assembly import AssemblyError
from .parts import PARTS
from .release.release_plan import Disturbance
from .report.limits import Limits, parse_seconds, parse_share
from .visitors.faults import GOOD, Fault
from .visitors.population import Population

_USUAL_ERROR_RATE: Final = 0.3
_CHOICES: Final = ("front-end", "backend", "both")


def add_rehearse_arguments(parser: argparse.ArgumentParser) -> None:
    """Says which words the command takes."""
    parser.add_argument("assembly", type=Path, help="the folder of a cloud assembly, such as cdk.out")
    parser.add_argument("--against", type=Path, metavar="OLD", help="the assembly that is deployed now")
    parser.add_argument("--stack", help="the stack, if several hold a release")
    parser.add_argument("--seed", type=int, default=1, help="of all that is drawn (default: 1)")
    parser.add_argument("--without", action="append", default=[], choices=PARTS, help="play it as it would go without")
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
        limits.add_argument(f"--max-{name}", type=_typed(parse_seconds), metavar="TIME", help="such as 90s or 3m")


def _add_fault(group: "argparse._ArgumentGroup") -> None:
    group.add_argument("--fault", choices=_CHOICES, help="which new code is bad (default: none)")
    share, seconds = _typed(parse_share), _typed(parse_seconds)
    group.add_argument(
        "--error-rate", type=share, metavar="SHARE", help="of its requests (default: 30%% if nothing else is said)"
    )
    group.add_argument("--answers", action="store_true", help="its errors are answers of 500, not crashes")
    group.add_argument("--latency-factor", type=float, default=1.0, metavar="N", help="how much slower it is")
    group.add_argument("--broken-page", action="store_true", help="its pages load and do not work")
    group.add_argument("--for-visitors", type=share, default=1.0, metavar="SHARE", help="whom it concerns")
    group.add_argument("--after", type=seconds, default=0.0, metavar="TIME", help="how late it shows")
    group.add_argument("--leak", type=share, default=0.0, metavar="SHARE", help="added to the error rate every minute")
    group.add_argument("--needs-new-backend", action="store_true", help="new pages break on an old backend")
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
        AssemblyError: If the rehearsal cannot be run.
    """
    # simpy and rich are loaded only when something is rehearsed: --help has to answer at once.
    from rich.console import Console  # noqa: PLC0415

    from .rehearse import rehearse  # noqa: PLC0415
    from .report.progress import progress_on  # noqa: PLC0415
    from .report.report_html import report_as_html  # noqa: PLC0415
    from .report.report_json import report_as_json  # noqa: PLC0415
    from .report.report_text import print_report  # noqa: PLC0415

    fault, visitors = _asked(options)
    with progress_on(Console(stderr=True)) as progress:
        report = rehearse(
            options.assembly,
            against=options.against,
            stack=options.stack,
            fault=fault,
            visitors=visitors,
            seed=options.seed,
            without=options.without,
            disturbance=Disturbance(
                cancel_at=options.cancel_at,
                sibling_fails_at=options.sibling_fails_at,
                crash_at_poll=options.crash_at_poll,
            ),
            red=options.red,
            limits=Limits(**{each.name: getattr(options, each.name) for each in fields(Limits)}),
            progress=progress,
        )
    print_report(report, Console(highlight=False))
    for path, write in ((options.html, report_as_html), (options.json, report_as_json)):
        if path:
            _write(path, write(report))
    return 0 if report.held else 1


def _asked(options: argparse.Namespace) -> tuple[Fault, Population]:
    if options.crash_at_poll is not None and options.crash_at_poll < 1:
        raise AssemblyError(f"--crash-at-poll: got {options.crash_at_poll}; allowed: 1 or more")
    if not options.fault and (options.error_rate is not None or options.leak or options.latency_factor != 1):
        raise AssemblyError("--error-rate, --leak and --latency-factor say what is wrong; say with what: --fault")
    try:
        return _fault(options), _population(options)
    except ValueError as error:
        raise AssemblyError(str(error)) from error


def _write(path: Path, content: str) -> None:
    try:
        path.write_text(content, "utf-8")
    except OSError as error:
        raise AssemblyError(f"the report could not be written: {error}") from error
    print(f"\nWritten: {path}")


def _fault(options: argparse.Namespace) -> Fault:
    said = options.broken_page or options.latency_factor != 1 or options.leak or options.needs_new_backend
    rate = options.error_rate if options.error_rate is not None else (0.0 if said else _USUAL_ERROR_RATE)
    fault = Fault(
        front_end=options.fault in ("front-end", "both"),
        backend=options.fault in ("backend", "both"),
        error_rate=rate,
        answers=options.answers,
        latency_factor=options.latency_factor,
        broken_page=options.broken_page,
        visitors=options.for_visitors,
        after=options.after,
        leak=options.leak,
        needs_new_backend=options.needs_new_backend,
    )
    return fault if options.fault or options.needs_new_backend else GOOD


def _population(options: argparse.Namespace) -> Population:
    given = {each.name: getattr(options, each.name) for each in fields(Population)}
    return Population(**{name: value for name, value in given.items() if value is not None})


def _typed(parse: Callable[[str], float]) -> Callable[[str], float]:
    """Lets argparse show the reason why a value is refused."""

    def typed(text: str) -> float:
        try:
            return parse(text)
        except ValueError as error:
            raise argparse.ArgumentTypeError(str(error)) from error

    return typed
