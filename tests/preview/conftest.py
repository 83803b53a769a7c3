"""The storefront's two releases, synthesized once for each worker."""

from collections.abc import Callable
from pathlib import Path

import pytest

from synthesized import EXAMPLES, synthesize


@pytest.fixture(scope="session")
def one(assembly_of: Callable[[str], Path]) -> Path:
    return assembly_of("storefront")


@pytest.fixture(scope="session")
def two(tmp_path_factory: pytest.TempPathFactory) -> Path:
    outdir = tmp_path_factory.mktemp("two")
    return synthesize(EXAMPLES / "storefront", outdir, edgeRuntime="cloudfront-functions", release="two")
