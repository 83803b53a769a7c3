"""What tests of several folders share: the examples, synthesized once for all workers."""

import gc
import os
import signal
from collections.abc import Callable, Generator
from pathlib import Path

import pytest
from filelock import FileLock

from edge_engines import EngineMissingError
from synthesized import EXAMPLES, synthesize, with_one_wave

# CDK reads it when its Node process starts. Its validation only warns here, and is most of a synth's time.
os.environ.setdefault("CDK_VALIDATION", "false")

# A shell starts what it runs in the background with interrupts ignored, and every process below would inherit that.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

# A synth and a rehearsal make many objects and little garbage, which Python would look for at every 700 new objects.
gc.set_threshold(50_000, 20, 20)


def pytest_collection_finish() -> None:
    """Spare the garbage collector what stays until the end: the CDK's modules and the tests."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session")
def assembly_of(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Path]:
    """The cloud assembly of an example as it is, for an edge runtime and further context; nobody changes it."""
    mine = tmp_path_factory.getbasetemp()
    everybodys = mine.parent if "PYTEST_XDIST_WORKER" in os.environ else mine

    def assembly(example: str, edge_runtime: str = "cloudfront-functions", **context: str) -> Path:
        made = everybodys / "-".join(("assembly", example, edge_runtime, *context.values()))
        with FileLock(f"{made}.lock"):
            if not made.exists():
                unfinished = made.with_name(f"{made.name}-unfinished")
                synthesize(EXAMPLES / example, unfinished, edgeRuntime=edge_runtime, **context).rename(made)
        return made

    return assembly


@pytest.fixture(scope="session")
def one_wave(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Path]:
    """The cloud assembly of the storefront with one wave, for what does not depend on how many there are."""
    mine = tmp_path_factory.getbasetemp()
    everybodys = mine.parent if "PYTEST_XDIST_WORKER" in os.environ else mine

    def assembly(**context: str) -> Path:
        made = everybodys / "-".join(("assembly-of-one-wave", *context.values()))
        with FileLock(f"{made}.lock"):
            if not made.exists():
                example = with_one_wave(tmp_path_factory.mktemp("one-wave"))
                synthesize(example, made.with_name(f"{made.name}-unfinished"), **context).rename(made)
        return made

    return assembly


@pytest.hookimpl(wrapper=True)
def pytest_runtest_setup() -> Generator[None, object, object]:
    """On a developer's machine without njs its tests are skipped; in CI they fail."""
    return (yield from _without_the_engine())


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call() -> Generator[None, object, object]:
    """The same for tests that start the engine themselves."""
    return (yield from _without_the_engine())


def _without_the_engine() -> Generator[None, object, object]:
    try:
        return (yield)
    except EngineMissingError as missing:
        if os.environ.get("CI"):
            raise
        pytest.skip(str(missing))
