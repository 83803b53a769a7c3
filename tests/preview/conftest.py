"""The storefront's two releases."""

from collections.abc import Callable
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def one(assembly_of: Callable[[str], Path]) -> Path:
    return assembly_of("storefront")


@pytest.fixture(scope="session")
def two(assembly_of: Callable[..., Path]) -> Path:
    return assembly_of("storefront", release="two")
