"""Assets outlive their release where an upload keeps them and the distribution serves them."""

from pathlib import Path
from typing import Any

import pytest

from prod_one_box.template.distributions import Distribution, retained_path
from prod_one_box.template.links import Links
from prod_one_box.vocabulary import METADATA_KEY
from template.assemblies import stacks


def upload(path: Any) -> dict[str, Any]:
    return {"Type": "Custom::CDKBucketDeployment", "Metadata": {METADATA_KEY: {"RetainedAssets": {"Path": path}}}}


def kept(folder: Path, *served: str, **uploads: Any) -> str | None:
    """What a distribution with these paths keeps, in the stack beside that of the uploads."""
    behaviors = [{"PathPattern": each} for each in served]
    distribution = {"Type": "AWS::CloudFront::Distribution"}
    config = {"DistributionConfig": {"CacheBehaviors": behaviors}}
    read = stacks(folder, Edge={"Site": {**distribution, "Properties": config}}, Files=uploads)
    links = Links(read)
    edge = next(each for each in read if each.name == "Edge")
    site = Distribution(stack=edge, resource=edge.resources["Site"], addresses={}, leads_to={}, origins={})
    return retained_path(site, links)


def test_an_uploads_path_that_is_served_is_kept(tmp_path: Path) -> None:
    assert kept(tmp_path, "/api/*", "/assets/*", Upload=upload("/assets/*")) == "/assets/*"


@pytest.mark.parametrize("served", [(), ("/api/*",), ("/assets/*/more",)])
def test_an_uploads_path_that_nothing_serves_keeps_nothing(tmp_path: Path, served: tuple[str, ...]) -> None:
    assert kept(tmp_path, *served, Upload=upload("/assets/*")) is None


def test_of_two_uploads_the_one_that_is_served_counts(tmp_path: Path) -> None:
    assert kept(tmp_path, "/mine/*", Others=upload("/others/*"), Mine=upload("/mine/*")) == "/mine/*"


@pytest.mark.parametrize("path", [None, 7, ["/assets/*"]])
def test_metadata_of_another_kind_is_no_path(tmp_path: Path, path: Any) -> None:
    assert kept(tmp_path, "/assets/*", Upload=upload(path)) is None
