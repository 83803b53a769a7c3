"""The command `prod-one-box`: what a synthesized cloud assembly says about its releases."""

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final, NoReturn

from .assembly.cloud_assembly import AssemblyError, StackTemplate, read_assembly
from .assembly.links import Links
from .assembly.routing import inputs_without_version, routing_of
from .assembly.stack_names import stacks_called
from .preview.command import add_preview_arguments, preview_command
from .rehearsal.command import add_rehearse_arguments, rehearse_command
from .rehearsal.release.plan import Step, plan_release
from .rehearsal.visitors.visitors import send_visitors
from .vocabulary import BACKEND, BAKE

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
        The exit status: 0 done, 1 a rehearsal broke an invariant or a limit, or a plan shows
            requests that pass a release by, 2 it could not run, 130 it was interrupted.
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
    stacks = read_assembly(options.assembly)
    lines = _plan(stacks, options.stack) if options.command == "plan" else _visitors(stacks, options)
    routing = routing_of(
        Links(stacks),
        {each.name for each in stacks_called(stacks, options.stack)},
        options.distribution if options.command == "visitors" else None,
    )
    lines.extend(f"BROKEN: {sentence}" for sentence in routing.past)
    lines.extend(f"Note: {sentence}" for sentence in routing.meant)
    try:
        print("\n".join(lines), flush=True)
    except BrokenPipeError:  # the reader has seen enough, as `head` does
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 1 if options.command == "plan" and routing.past else 0


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="prod-one-box", description=__doc__)
    parser.add_argument("--version", action=_Version, nargs=0, help="say which version this is")
    commands = parser.add_subparsers(dest="command", required=True)
    plan = commands.add_parser("plan", help="the release in the order that the templates enforce")
    visitors = commands.add_parser("visitors", help="the split of visitors by the synthesized edge code")
    visitors.add_argument("--count", type=_count, default=100_000, help="how many visitors (default: 100000)")
    for command in (plan, visitors):
        command.add_argument("assembly", type=Path, help="the folder of a cloud assembly, such as cdk.out")
        command.add_argument("--stack", help="the stack as `cdk ls` prints it (default: all)")
    visitors.add_argument("--distribution", help="the distribution, if there are several with partitions")
    rehearse = commands.add_parser("rehearse", help="the release played on a virtual clock, with visitors and faults")
    add_rehearse_arguments(rehearse)
    preview = commands.add_parser("preview", help="the site on this machine: both partitions, their cache, a release")
    add_preview_arguments(preview)
    return parser


def _count(word: str) -> int:
    if not word.isascii() or not word.isdigit() or not int(word):
        raise argparse.ArgumentTypeError(f"got {word!r}; allowed: 1 or more")
    return int(word)


def _plan(stacks: Sequence[StackTemplate], name: str | None) -> list[str]:
    lines: list[str] = []
    meant = stacks_called(stacks, name)
    for stack in meant:
        steps = plan_release(stack)
        if steps:
            lines.append(f"{stack.name}: the release in the order that its template enforces")
            lines.extend(line for step in steps for line in _describe(step, stack))
    if not lines:
        where = "no stack of this assembly holds" if name is None else f"{name} does not hold"
        raise AssemblyError(f"{where} a resource that takes part in a release")
    links = Links(stacks)
    lines.extend(f"Note: {sentence}" for stack in meant for sentence in inputs_without_version(links, stack))
    return lines


def _describe(step: Step, stack: StackTemplate) -> list[str]:
    shown, name = _shown(step.resource.logical_id, stack), step.resource.logical_id
    return [
        f"  {step.position}. {step.phase:<9}  {shown}, {_held(step)}",
        *([f"       in the template {name}"] if shown != name else []),
        *(f"       after    {_shown(name, stack)}" for name in step.waits_for),
        *(f"       watches  {_shown(alarm, stack)}" for alarm in step.watched_by),
        *(f"       but      {sentence}" for sentence in step.differs),
    ]


def _shown(name: str, stack: StackTemplate) -> str:
    """A resource's construct by its path in the stack, where the assembly says it; else its logical id."""
    path = stack.resources[name].path if name in stack.resources else ""
    return path.removeprefix(f"{stack.name}/") or name


def _held(step: Step) -> str:
    if step.seconds is None:
        return "switches in one call"
    if not step.seconds:
        return "shifts all at once" if step.phase == BACKEND else "one look at the alarms"
    verb = "holds the release for" if step.phase == BAKE else "shifts over"
    return f"{verb} {step.seconds / 60:g} min"


def _visitors(stacks: Sequence[StackTemplate], options: argparse.Namespace) -> list[str]:
    # rich is loaded only when visitors are sent: --help has to answer at once.
    from rich.console import Console  # noqa: PLC0415

    from .rehearsal.report.progress import progress_on  # noqa: PLC0415

    with progress_on(Console(stderr=True)) as progress:
        split = send_visitors(
            stacks,
            options.count,
            stack=options.stack,
            distribution=options.distribution,
            progress=lambda sent: progress("Sending visitors", sent, options.count),
        )
    return [
        f"{split.visitors:,} visitors through {split.function} in {split.engine}:",
        f"  {split.one_box:,} reached the one-box: {split.one_box / split.visitors:.2%}, asked for {split.share:g} %",
        f"  {split.moved:,} moved on their second visit",
    ]
