"""What is mutated, and the tests that should notice; the quickest of them come first."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

_SRC: Final = "src/prod_one_box"


@dataclass(frozen=True)
class Target:
    """A part of the library.

    Attributes:
        files: What is mutated, as patterns from the project's root on.
        stages: Tests; a later stage is run only for mutants that survive the ones before.
        own: Tests that are run only for the mutants of a file, by its name, after all others.
        imports: What all the tests need, imported once.
        without: Changes that are left out, as a regular expression of the changed line; default: none.
    """

    files: tuple[str, ...]
    stages: tuple[tuple[str, ...], ...]
    own: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    imports: tuple[str, ...] = ()
    without: str = "(?!)"

    def stages_for(self, file: str) -> Iterator[tuple[str, ...]]:
        """The stages for a file's mutants."""
        yield from self.stages
        yield from filter(None, [self.own.get(Path(file).name, ())])


def _tests(folder: str, *names: str) -> tuple[str, ...]:
    return tuple(f"tests/{folder}/test_{name}.py" for name in names)


TARGETS: Final = {
    "handler": Target(
        files=(f"{_SRC}/constructs/bake/handler/*.py",),
        stages=(
            _tests("constructs/bake/handler", "bake", "going_back", "marks", "log"),
            _tests("constructs/bake/handler", "containment", "inconclusive", "preflight", "reasons", "red_in_between"),
            _tests("constructs/bake/handler", "refused", "rollback_disabled", "served", "stale_status"),
            _tests("constructs/bake/handler", "delivered_twice", "unexpected", "nothing_to_hold", "decision"),
            _tests("constructs/bake/handler", "waves", "split_changed", "gate", "earlier_library"),
        ),
        own={
            "aws.py": _tests("constructs/bake/handler", "aws"),
            "entry.py": _tests("constructs/bake/handler", "runtime"),
        },
        imports=("aws_cdk.aws_lambda", "aws_cdk.custom_resources", "boto3", "moto"),
    ),
    "share": Target(
        files=(f"{_SRC}/vocabulary.py", f"{_SRC}/edge/edge_settings.py"),
        stages=(
            ("tests/test_vocabulary.py",),
            _tests("edge", "arguments", "stickiness", "conformance"),
            _tests("edge", "tester_secret", "share"),
        ),
        imports=("aws_cdk.aws_cloudfront_origins", "aws_cdk.aws_lambda"),
        without=r'^- \w+: Final = ["(]',  # words, which are no arithmetic
    ),
    "edge": Target(
        files=(f"{_SRC}/edge/functions/*.js",),
        stages=(
            _tests("edge", "conformance"),
            _tests("edge", "composition", "stickiness", "lambda_at_edge"),
            _tests("edge", "tester_secret", "composed_forms", "fuzz"),
        ),
        imports=("aws_cdk.aws_cloudfront_origins", "aws_cdk.aws_lambda"),
    ),
}
