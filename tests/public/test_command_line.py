"""The words of the command: a pipeline calls them, so a change here is a change of what it calls."""

import argparse
from collections.abc import Iterator

from syrupy.assertion import SnapshotAssertion

from prod_one_box.cli.main import _parser


def _commands() -> dict[str, argparse.ArgumentParser]:
    (commands,) = (each for each in _parser()._actions if isinstance(each, argparse._SubParsersAction))
    return dict(commands.choices)


def _words(command: argparse.ArgumentParser) -> Iterator[str]:
    for each in command._actions:
        names = [*each.option_strings, *([] if each.nargs == 0 else [each.metavar or each.dest.upper()])]
        choices = f", one of {', '.join(each.choices)}" if each.choices else ""
        repeated = ", repeatedly" if isinstance(each, argparse._AppendAction) else ""
        required = ", required" if each.required else ""
        default = "" if each.default in (None, False, [], argparse.SUPPRESS) else f" (default: {each.default})"
        yield f"    {' '.join(names)}{choices}{repeated}{required}{default}"


def test_the_words_of_each_command_are_the_reviewed_ones(snapshot: SnapshotAssertion) -> None:
    lines = [line for name, command in _commands().items() for line in (name, *_words(command))]
    assert "\n".join(lines) == snapshot
