"""What the examples deploy, at a glance: a changed line is a resource that a user's stack loses or gains."""

from pathlib import Path

import pytest
from syrupy.assertion import SnapshotAssertion

from masked import outline
from synthesized import EXAMPLES, synthesize, template_of


@pytest.mark.parametrize("example", ["minimal", "storefront"])
def test_the_resources_of_an_example(example: str, tmp_path: Path, snapshot: SnapshotAssertion) -> None:
    assert outline(template_of(synthesize(EXAMPLES / example, tmp_path), example.capitalize())) == snapshot
