"""What the tests of the documentation share: an example's assemblies, made once."""

from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest

from docs.next_release import next_release


@pytest.fixture(scope="session")
def assemblies(
    assembly_of: Callable[[str], Path], tmp_path_factory: pytest.TempPathFactory
) -> dict[str, Callable[[str], Path]]:
    """An example as it is deployed, and the release after it."""

    @cache
    def changed(name: str) -> Path:
        return next_release(assembly_of(name), tmp_path_factory.mktemp("changed") / "cdk.out")

    return {"deployed.out": assembly_of, "cdk.out": changed}
