"""Mutation testing: `python tests/mutation/run.py handler|share|edge` changes one thing at a time and runs the tests.

Prints every mutant that no test noticed, unless `harmless.txt` says why none need. A second argument is a part of a
file's name, to try the mutants of such files alone.
"""

import argparse
import re
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Final

from harmless import harmless
from mutant import Mutant, mutants_of
from targets import TARGETS, Target
from trial import Outcome, Trial

ROOT: Final = Path(__file__).parent.parent.parent


def main() -> int:
    """Tries all mutants of a target."""
    arguments = _arguments()
    target = TARGETS[arguments.target]
    for name in target.imports:
        import_module(name)
    with tempfile.TemporaryDirectory() as copy:
        trial = Trial(ROOT, Path(copy))
        seconds = _unchanged(trial, target)
        return _report(_try_all(trial, target, arguments.part, seconds))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Changes one thing at a time, and tells what no test notices.")
    parser.add_argument("target", choices=TARGETS, help="what to change")
    parser.add_argument("part", nargs="?", default="", help="a part of a file's name, to change no other file")
    return parser.parse_args()


def _unchanged(trial: Trial, target: Target) -> float:
    began = time.monotonic()
    for tests in (*target.stages, *target.own.values()):
        if trial.run(tests, seconds=3600) is not Outcome.SURVIVED:
            sys.exit(f"the tests fail without any change: {' '.join(tests)}")
    return 60 + 5 * (time.monotonic() - began)


def _try_all(trial: Trial, target: Target, part: str, seconds: float) -> Counter[Outcome]:
    outcomes: Counter[Outcome] = Counter()
    files = sorted(path.relative_to(ROOT).as_posix() for pattern in target.files for path in ROOT.glob(pattern))
    for file in (name for name in files if part in name):
        for mutant in _mutants(target, file):
            outcome = _try(trial, target, mutant, seconds)
            outcomes[outcome] += 1
            if outcome in (Outcome.SURVIVED, Outcome.TIMED_OUT):
                print(f"{outcome.value}: {file}\n{mutant.change}\n", flush=True)
        trial.restore(file)
        print(f"{file}: {sum(outcomes.values())} tried", file=sys.stderr, flush=True)
    return outcomes


def _mutants(target: Target, file: str) -> Iterator[Mutant]:
    return (mutant for mutant in mutants_of(ROOT, file) if not re.search(target.without, mutant.change, re.MULTILINE))


def _try(trial: Trial, target: Target, mutant: Mutant, seconds: float) -> Outcome:
    trial.write(mutant.file, mutant.text)
    found = (trial.run(tests, seconds=seconds) for tests in target.stages_for(mutant.file))
    survived = Outcome.HARMLESS if (mutant.file, mutant.change) in harmless() else Outcome.SURVIVED
    return next((outcome for outcome in found if outcome is not Outcome.SURVIVED), survived)


def _report(outcomes: Counter[Outcome]) -> int:
    print(f"{sum(outcomes.values())} mutants: " + ", ".join(f"{outcomes[each]} {each.value}" for each in Outcome))
    return 1 if outcomes[Outcome.SURVIVED] else 0


if __name__ == "__main__":
    sys.exit(main())
