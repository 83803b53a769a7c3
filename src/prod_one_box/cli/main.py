"""Rehearse, preview and examine the release in a synthesized cloud assembly."""

import argparse
import sys
from collections.abc import Sequence
from typing import Final, NoReturn

from ..template.cloud_assembly import AssemblyError
from .output import plain
from .plan import add_plan_arguments
from .preview import add_preview_arguments
from .recommend import add_recommend_arguments
from .rehearse import add_rehearse_arguments
from .visitors import add_visitors_arguments

_COMMANDS: Final = {
    "plan": ("Print the steps of the release in the order that the templates enforce.", add_plan_arguments),
    "visitors": ("Count the visitors that the synthesized edge code sends to each partition.", add_visitors_arguments),
    "rehearse": (
        "Simulate the release on a virtual clock, with visitors and faults, and report what it costs.",
        add_rehearse_arguments,
    ),
    "recommend": (
        "Put settings of waves, bakes and thresholds side by side for your traffic and a fault, and recommend one.",
        add_recommend_arguments,
    ),
    "preview": ("Serve the site on this machine: both partitions, their cache, a release.", add_preview_arguments),
}

_INTERRUPTED: Final = 130
"""The exit status after an interrupt, by the shells' convention: 128 plus the signal's number."""


class _Parser(argparse.ArgumentParser):
    """Reports errors in one line: the usage is in `--help`."""

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"prod-one-box: {message} (see {self.prog} --help)\n")


class _Version(argparse.Action):
    """Reads the version only on request: that takes longer than everything else here."""

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> NoReturn:
        from importlib.metadata import version  # noqa: PLC0415

        print(parser.prog, version("prod-one-box"))
        parser.exit()


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line.

    Args:
        arguments: The arguments after the program's name; default: those of this process.

    Returns:
        The exit status: 0 for success; 1 if an invariant or a limit is broken, a bad release gets through, or requests
            bypass the release; 2 if the command could not run; 130 after an interrupt.
    """
    options = _read(arguments)
    try:
        return int(options.run(options))
    except (AssemblyError, OSError) as error:
        print(plain(f"prod-one-box: {error}"), file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("prod-one-box: interrupted", file=sys.stderr)
        return _INTERRUPTED


def _read(arguments: Sequence[str] | None) -> argparse.Namespace:
    """Parse the arguments; refer to the command's own `--help` for an unknown one."""
    parser = _parser()
    options, unknown = parser.parse_known_args(arguments)
    if unknown:
        reason = f"{parser.prog}: unrecognized arguments: {' '.join(unknown)}"
        parser.exit(2, f"{reason} (see {parser.prog} {options.command} --help)\n")
    return options


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="prod-one-box", description=__doc__)
    parser.add_argument("--version", action=_Version, nargs=0, help="print the version")
    commands = parser.add_subparsers(dest="command", required=True)
    for name, (summary, add_arguments) in _COMMANDS.items():
        add_arguments(commands.add_parser(name, help=summary, description=summary))
    return parser
