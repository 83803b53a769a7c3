"""The command `prod-one-box visitors`: the split of visitors by the synthesized edge code."""

import argparse
import json
from collections.abc import Iterator
from dataclasses import asdict
from typing import Final

from ..rehearsal.visitors.visitors import Split, send_visitors
from ..template.cloud_assembly import read_assembly
from ..template.construct_names import construct_names, naming_constructs, with_constructs
from ..template.links import Links
from ..template.routing import routing_of
from ..template.stacks import stacks_called
from .output import Found, add_json_argument, hand_over
from .rehearse_options import add_page_arguments, asked_page

_FORMAT: Final = 1


def add_visitors_arguments(parser: argparse.ArgumentParser) -> None:
    """Says which words the command takes."""
    parser.add_argument("--count", type=_count, default=100_000, help="how many visitors (default: 100000)")
    parser.add_argument("--distribution", help="the distribution, if there are several with partitions")
    add_page_arguments(parser)
    add_json_argument(parser)


def _count(word: str) -> int:
    if not word.isascii() or not word.isdigit() or not int(word):
        raise argparse.ArgumentTypeError(f"got {word!r}; allowed: 1 or more")
    return int(word)


def visitors_command(options: argparse.Namespace) -> int:
    """Sends the visitors and prints where they arrived.

    Returns:
        0: they were sent; 1: requests pass the release by.

    Raises:
        AssemblyError: If no visitor reaches a partition, or the edge's code cannot be run.
    """
    # rich is loaded only when visitors are sent: --help has to answer at once.
    from rich.console import Console  # noqa: PLC0415

    from .output import progress_on  # noqa: PLC0415

    stacks = read_assembly(options.assembly)
    with naming_constructs(stacks), progress_on(Console(stderr=True)) as progress:
        split = send_visitors(
            stacks,
            options.count,
            stack=options.stack,
            distribution=options.distribution,
            request=asked_page(options),
            progress=lambda sent: progress("Sending visitors", sent, options.count),
        )
        meant = {each.name for each in stacks_called(stacks, options.stack)}
        routing = routing_of(Links(stacks), meant, options.distribution)
    names = construct_names(stacks)
    found = Found(
        broken=tuple(with_constructs(sentence, names) for sentence in routing.past),
        notes=tuple(with_constructs(sentence, names) for sentence in routing.meant),
    )
    hand_over(options.json, [*_described(split), *found.lines()], lambda: split_as_json(split, found))
    return 1 if found.broken else 0


def split_as_json(split: Split, found: Found) -> str:
    """Writes a split for machines; docs/reference/json.md says what is in it.

    Args:
        split: What became of the visitors.
        found: What the templates prove beside it.
    """
    said = asdict(split)
    function = {"path": said.pop("path"), "logical_id": said.pop("function"), "engine": said.pop("engine")}
    return json.dumps({"format": _FORMAT, **said, "function": function, **asdict(found)}, indent=1) + "\n"


def _described(split: Split) -> Iterator[str]:
    arrived = split.one_box + split.regular
    yield f"{split.visitors:,} visitors ask for {split.url}:"
    yield f"  {split.path} decides, run by Node"
    yield f"  {split.one_box:,} reached the one-box: {split.one_box / arrived:.2%}, its share is {split.share:g} %"
    yield f"  {split.moved:,} changed partition on their second visit"
    if split.answered:
        yield f"  {split.answered:,} reached no partition; the edge answered {'; '.join(split.answers[:3])}"
