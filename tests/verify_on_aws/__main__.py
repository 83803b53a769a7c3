"""The command behind `make verify-on-aws` and `make verify-on-aws-clean`."""

import argparse
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

from emulator.emulated_aws import REPOSITORY
from verify_on_aws.clean import clean
from verify_on_aws.experiments import EXPERIMENTS, name
from verify_on_aws.stopped import Status, StoppedError
from verify_on_aws.verify import verify

_RUNS = REPOSITORY / "build" / "verify-on-aws"


def main(words: Sequence[str] | None = None) -> Status:
    """Run the command and return its exit status."""
    given = _parser().parse_args(words)
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.default_int_handler)
    wanted = given.account
    try:
        if given.clean:
            return clean(given.folder, wanted)
        experiments = None if given.experiments is None else frozenset(given.experiments)
        return verify(given.folder, wanted, only=given.scenarios, experiments=experiments)
    except StoppedError as error:
        print(f"verify-on-aws: {error}", file=sys.stderr)
        return error.status
    except KeyboardInterrupt:
        said = "`make verify-on-aws-clean` goes on with it" if given.clean else "nothing was made"
        print(f"\nverify-on-aws: interrupted: {said}", file=sys.stderr)
        return Status.INTERRUPTED


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m verify_on_aws", description=__doc__)
    parser.add_argument("--clean", action="store_true", help="delete what killed runs have left, and play nothing")
    parser.add_argument("--folder", type=Path, default=_RUNS, help="where the runs are")
    parser.add_argument("--scenarios", default="", metavar="EXPRESSION", help="as pytest's -k; default: all")
    parser.add_argument("--account", default="", metavar="ID", help="says yes to this account, and to no other")
    names = [name(each) for each in EXPERIMENTS]
    parser.add_argument("--experiments", nargs="*", choices=names, help="default: all; without a name: none")
    return parser


if __name__ == "__main__":
    sys.exit(main())
