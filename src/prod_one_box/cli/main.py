"""The command `prod-one-box`: what a synthesized cloud assembly says about its releases."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final, NoReturn

from ..template.cloud_assembly import AssemblyError
from .plan import add_plan_arguments, plan_command
from .preview import add_preview_arguments, preview_command
from .rehearse import add_rehearse_arguments, rehearse_command
from .visitors import add_visitors_arguments, visitors_command

_INTERRUPTED: Final = 130
"""The exit status of what was ended by an interrupt, as shells have it: 128 and the signal's number."""


class _Parser(argparse.ArgumentParser):
    """Says in one line what it does not understand: usage is what `--help` is for."""

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"prod-one-box: {message} (see {self.prog} --help)\n")


class _Version(argparse.Action):
    """Looks for the version only when it is asked for: that takes longer than the rest of the command line."""

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> NoReturn:
        from importlib.metadata import version  # noqa: PLC0415

        print(parser.prog, version("prod-one-box"))
        parser.exit()


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs a command line.

    Args:
        arguments: The words after the command's name; default: those of this process.

    Returns:
        The exit status: 0 done, 1 a rehearsal broke an invariant or a limit or let a bad release through, or requests
            pass a release by, 2 it could not run, 130 it was interrupted.
    """
    options = _read(arguments)
    try:
        return _run(options)
    except (AssemblyError, OSError) as error:
        print(f"prod-one-box: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("prod-one-box: interrupted", file=sys.stderr)
        return _INTERRUPTED


def _read(arguments: Sequence[str] | None) -> argparse.Namespace:
    """Reads a command line; what a command does not know is refused with the command that would explain it."""
    parser = _parser()
    options, unknown = parser.parse_known_args(arguments)
    if unknown:
        said = f"{parser.prog}: unrecognized arguments: {' '.join(unknown)}"
        parser.exit(2, f"{said} (see {parser.prog} {options.command} --help)\n")
    return options


def _run(options: argparse.Namespace) -> int:
    if options.command == "rehearse":
        return rehearse_command(options)
    if options.command == "preview":
        return preview_command(options)
    return plan_command(options) if options.command == "plan" else visitors_command(options)


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="prod-one-box", description=__doc__)
    parser.add_argument("--version", action=_Version, nargs=0, help="say which version this is")
    commands = parser.add_subparsers(dest="command", required=True)
    plan = commands.add_parser("plan", help="the release in the order that the templates enforce")
    visitors = commands.add_parser("visitors", help="the split of visitors by the synthesized edge code")
    for command in (plan, visitors):
        command.add_argument("assembly", type=Path, help="the folder of a cloud assembly, such as cdk.out")
        command.add_argument("--stack", help="the stack as `cdk ls` prints it (default: all)")
    add_plan_arguments(plan)
    add_visitors_arguments(visitors)
    rehearse = commands.add_parser("rehearse", help="the release played on a virtual clock, with visitors and faults")
    add_rehearse_arguments(rehearse)
    preview = commands.add_parser("preview", help="the site on this machine: both partitions, their cache, a release")
    add_preview_arguments(preview)
    return parser
