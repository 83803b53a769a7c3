"""What the examples deploy, at a glance: a changed line is a resource that a user's stack loses or gains."""

from collections.abc import Callable
from pathlib import Path

import pytest
from syrupy.assertion import SnapshotAssertion

from masked import outline
from synthesized import template_of


@pytest.mark.parametrize("example", ["minimal", "storefront"])
def test_the_resources_of_an_example(
    assembly_of: Callable[..., Path], example: str, snapshot: SnapshotAssertion
) -> None:
    assert outline(template_of(assembly_of(example), example.capitalize())) == snapshot
