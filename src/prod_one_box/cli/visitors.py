"""The command `prod-one-box visitors`: count the visitors that the edge code sends to each partition."""

import argparse
from collections.abc import Iterator
from dataclasses import asdict

from ..rehearsal.visitors.visitors import Split, send_visitors
from ..template.cloud_assembly import read_assembly
from ..template.construct_names import naming_constructs
from ..template.links import Links
from ..template.routing import routing_of
from ..template.stacks import stacks_called
from ..vocabulary import ONE_BOX, REGULAR
from .output import add_json_argument, finish, progress_bar
from .rehearse_options import add_assembly_arguments, add_page_arguments, read_page


def add_visitors_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    add_assembly_arguments(parser, stack="the stack, as `cdk ls` prints it (default: all stacks)")
    parser.add_argument("--count", type=_count, default=100_000, help="the number of visitors (default: 100000)")
    parser.add_argument("--distribution", help="the distribution, if several have partitions")
    add_page_arguments(parser)
    add_json_argument(parser)
    parser.add_argument_group(
        "exit status",
        "0: the visitors were counted; 1: requests bypass the release; 2: the command could not run; 130: interrupted.",
    )
    parser.set_defaults(run=visitors_command)


def _count(word: str) -> int:
    if not word.isascii() or not word.isdigit() or not int(word):
        raise argparse.ArgumentTypeError(f"got {word!r}; allowed: 1 or more")
    return int(word)


def visitors_command(options: argparse.Namespace) -> int:
    """Send the visitors, print their partitions, and return the exit status.

    Raises:
        AssemblyError: If no visitor reaches a partition, or the edge code cannot be run.
    """
    stacks = read_assembly(options.assembly)
    with naming_constructs(stacks), progress_bar() as progress:
        split = send_visitors(
            stacks,
            options.count,
            stack=options.stack,
            distribution=options.distribution,
            request=read_page(options),
            progress=lambda sent: progress("Sending visitors", sent, options.count),
        )
        names = {each.name for each in stacks_called(stacks, options.stack)}
        routing = routing_of(Links(stacks), names, options.distribution)
    return finish(
        options.json,
        stacks,
        lines=_lines(split),
        content=asdict(split),
        broken=routing.past,
        notes=routing.meant,
        schema=2,
    )


def _lines(split: Split) -> Iterator[str]:
    arrived = sum(each.visitors for each in split.partitions.values())
    yield f"{split.visitors:,} visitors ask for {split.url}:"
    yield f"  {split.function['path']} decides, run by Node"
    for name, each in split.partitions.items():
        partition = {ONE_BOX: "the one-box", REGULAR: "the regular partition"}.get(name, name)
        yield f"  {each.visitors:,} reached {partition}: {each.visitors / arrived:.2%}, its share is {each.share:g} %"
    yield f"  {split.moved:,} changed partition on their second visit"
    if split.answered:
        yield f"  {split.answered:,} reached no partition; the edge answered {'; '.join(split.answers[:3])}"
