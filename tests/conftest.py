"""What tests of several folders share: the examples, synthesized once for each worker."""

from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest

from synthesized import EXAMPLES, synthesize


@pytest.fixture(scope="session")
def assembly_of(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str, str], Path]:
    """The cloud assembly of an example as it is, for an edge runtime."""

    @cache
    def assembly(example: str, edge_runtime: str = "cloudfront-functions") -> Path:
        return synthesize(EXAMPLES / example, tmp_path_factory.mktemp(example), edgeRuntime=edge_runtime)

    return assembly
