from pathlib import Path

import aws_cdk as cdk
import pytest
from bake.release_stack import a_release
from bake.shop import Shop
from bake.waves_shop import WavesShop

from prod_one_box.constructs.bake.handler import aws, compared_metrics, containment, entry


@pytest.fixture
def shop(monkeypatch):
    """A shop whose AWS and clock are the handler's own."""
    return opened(Shop(), monkeypatch)


@pytest.fixture
def waves(monkeypatch):
    """The same for a shop with four partitions."""
    return opened(WavesShop(), monkeypatch)


def opened(shop, monkeypatch):
    monkeypatch.setattr(aws, "connect", shop.aws.connect)
    monkeypatch.setattr(entry, "now", lambda: shop.aws.now)
    compared_metrics.forget()  # a function that has just been started
    monkeypatch.setattr(containment, "sleep", shop.pauses.append)
    return shop


@pytest.fixture(scope="session")
def release_assembly(tmp_path_factory):
    """A synthesized stack with a whole release in it."""
    app = cdk.App(outdir=str(tmp_path_factory.mktemp("release")))
    a_release(cdk.Stack(app, "Shop"))
    return app.synth()


@pytest.fixture(scope="session")
def release_template(release_assembly):
    return release_assembly.get_stack_by_name("Shop").template


@pytest.fixture(scope="session")
def deployed_handler(release_assembly):
    """The folder that Lambda gets as the handlers' code."""
    return next(path.parent.parent for path in Path(release_assembly.directory).glob("asset.*/handler/entry.py"))


@pytest.fixture(scope="session")
def deployed_framework(release_assembly):
    """The folder that Lambda gets as the provider framework's code."""
    return next(path.parent for path in Path(release_assembly.directory).glob("asset.*/framework.js"))
