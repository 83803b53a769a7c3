"""Buckets that releases fill."""

from dataclasses import replace
from pathlib import Path

import pytest

from preview.sites import at, get, post, resource, site_with
from prod_one_box.preview.origins.bucket import Buckets
from prod_one_box.preview.site.site import ServedSite

LIST = {"Action": "s3:ListBucket", "Principal": {"Service": "cloudfront.amazonaws.com"}}


def site(folder: Path, *names: str, prune: str = "false", may_list: bool = False, prefix: str = "assets") -> ServedSite:
    """A site whose release brings files of some names under a prefix."""
    folder.mkdir()
    for name in names:
        (folder / name).write_text(f"{folder.name} {name}", "utf-8")
    deployment = {
        "SourceObjectKeys": ["abc.zip"],
        "DestinationBucketName": {"Ref": "Bucket"},
        "DestinationBucketKeyPrefix": prefix,
        "Prune": prune,
        "SystemMetadata": {"cache-control": "max-age=31536000"},
    }
    resources = {"Files": resource("Files", "Custom::CDKBucketDeployment", deployment)}
    if may_list:
        policy = {"Bucket": {"Ref": "Bucket"}, "PolicyDocument": {"Statement": [LIST]}}
        resources["Policy"] = resource("Policy", "AWS::S3::BucketPolicy", policy)
    return site_with(
        {"Bucket": resource("Bucket", "AWS::S3::Bucket", {}), **resources}, folder=folder, assets={"abc": folder}
    )


@pytest.fixture
def buckets(tmp_path) -> Buckets:
    filled = Buckets()
    filled.deploy(site(tmp_path / "one", "app.1.js", "same.css"))
    return filled


def test_a_file_is_served_with_its_type_and_the_deployments_headers(buckets):
    answer = buckets.answer(at("Bucket"), get("/assets/same.css"))
    assert (answer.status, answer.body) == (200, b"one same.css")
    assert answer.values("content-type") == ["text/css"]
    assert answer.values("cache-control") == ["max-age=31536000"]
    assert len(answer.values("etag")) == 1


def test_the_next_release_adds_its_files_and_removes_none(buckets, tmp_path):
    buckets.deploy(site(tmp_path / "two", "app.2.js", "same.css"))
    bodies = [
        buckets.answer(at("Bucket"), get(f"/assets/{name}")).body for name in ("app.1.js", "app.2.js", "same.css")
    ]
    assert bodies == [b"one app.1.js", b"two app.2.js", b"two same.css"]


def test_a_deployment_that_prunes_removes_files_that_it_lacks(buckets, tmp_path):
    buckets.deploy(site(tmp_path / "two", "app.2.js", prune="true"))
    assert buckets.answer(at("Bucket"), get("/assets/app.1.js")).status == 403
    assert buckets.answer(at("Bucket"), get("/assets/app.2.js")).status == 200


def test_a_deployment_that_prunes_leaves_files_under_another_prefix(buckets, tmp_path):
    buckets.deploy(site(tmp_path / "two", "app.2.js", prune="true", prefix="other"))
    assert buckets.answer(at("Bucket"), get("/assets/app.1.js")).status == 200


def test_a_missing_file_is_404_only_if_the_bucket_may_be_listed(buckets, tmp_path):
    assert buckets.answer(at("Bucket"), get("/assets/nothing.js")).status == 403
    buckets.deploy(site(tmp_path / "two", may_list=True))
    assert buckets.answer(at("Bucket"), get("/assets/nothing.js")).status == 404


@pytest.mark.parametrize(
    "path", ["/assets/../one/app.1.js", "/assets/%2e%2e/app.1.js", "/app.1.js", "/", "//assets/app.1.js"]
)
def test_no_other_path_leads_to_a_file(buckets, path):
    assert buckets.answer(at("Bucket"), get(path)).status == 403


def test_nothing_is_written_to_a_bucket(buckets):
    assert buckets.answer(at("Bucket"), post("/assets/app.1.js")).status == 403
    assert buckets.answer(at("Bucket"), replace(get("/assets/app.1.js"), method="HEAD")).status == 200
