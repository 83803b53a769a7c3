"""What the tests of retained assets share: a release's folder, and the construct as it synthesizes."""

from pathlib import Path
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import assertions

from prod_one_box.constructs.assets.retained_assets import RetainedAssets


def new_stack() -> cdk.Stack:
    return cdk.Stack(cdk.App(), "Shop", env=cdk.Environment(region="eu-west-1"))


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A release as Vite builds it."""
    root = tmp_path_factory.mktemp("release") / "assets"
    (root / "lazy").mkdir(parents=True)
    (root / "index-BfIqp0mZ.js").write_text("import('./lazy/cart-DiwrgTda.js')")
    (root / "lazy" / "cart-DiwrgTda.js").write_text("export const cart = []")
    return root


@pytest.fixture(scope="module")
def assets(folder: Path) -> RetainedAssets:
    return RetainedAssets(new_stack(), "Assets", directory=str(folder))


@pytest.fixture(scope="module")
def template(assets: RetainedAssets) -> dict[str, Any]:
    return assertions.Template.from_stack(cdk.Stack.of(assets)).to_json()
