"""Synthesizes storefronts by both authors in turns, in one process; prints the times, and how often Node was called.

Takes the folder of the edge functions' code, the number of stacks in an app, and the number of rounds.
"""

import json
import sys
import tempfile
import time
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from unittest.mock import patch

import aws_cdk as cdk
from jsii._kernel.providers import process

from .alternating import in_turns
from .by_hand.storefront import StorefrontByHand
from .storefront import EXAMPLE

_ENV = cdk.Environment(region="us-east-1")
_CONTEXT = json.loads((EXAMPLE / "cdk.json").read_text("utf-8"))["context"]

Build = Callable[[cdk.App, str], cdk.Stack]


def with_constructs() -> Build:
    """The example's stack."""
    sys.path.insert(0, str(EXAMPLE))
    example = import_module("storefront_stack")

    def build(app: cdk.App, id: str) -> cdk.Stack:
        settings = {
            "tester_secret_digest": None,
            "override": {},
            "expedited_reason": None,
            "reserve_concurrency": False,
        }
        stack: cdk.Stack = example.StorefrontStack(
            app, id, env=_ENV, edge_runtime="cloudfront-functions", release="one", **settings
        )
        return stack

    return build


def by_hand(edge_code: Path) -> Build:
    """The same resources written by hand."""
    return lambda app, id: StorefrontByHand(app, id, env=_ENV, edge_code=edge_code)


def synth(build: Build, stacks: int) -> float:
    """Makes an app and synthesizes it; returns the seconds."""
    with tempfile.TemporaryDirectory() as outdir:
        begin = time.perf_counter()
        app = cdk.App(context=_CONTEXT, outdir=outdir)
        for number in range(stacks):
            build(app, f"Storefront{number}")
        app.synth()
        return time.perf_counter() - begin


def calls_of(build: Build, stacks: int) -> int:
    """Counts what is asked of Node in a synth, whose answer Python waits for."""
    send = process._NodeProcess.send
    with patch.object(process._NodeProcess, "send", autospec=True, side_effect=send) as counted:
        synth(build, stacks)
    return counted.call_count


def main(edge_code: str, stacks: int, rounds: int) -> None:
    """Measures."""
    ours, theirs = with_constructs(), by_hand(Path(edge_code))
    times = in_turns(lambda: synth(ours, stacks), lambda: synth(theirs, stacks), rounds=rounds)
    calls = [calls_of(ours, stacks), calls_of(theirs, stacks)]
    print(json.dumps({"ours": times.one, "by_hand": times.other, "calls": calls}))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
