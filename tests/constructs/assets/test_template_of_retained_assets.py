"""The template of the construct as a reviewer reads it: who may read the bucket, what an upgrade must keep."""

from typing import Any

from syrupy.assertion import SnapshotAssertion

from dependency_graph import of_type
from masked import outline


def test_the_bucket_and_who_may_read_it(template: dict[str, Any], snapshot: SnapshotAssertion) -> None:
    assert {**of_type(template, "AWS::S3::Bucket"), **of_type(template, "AWS::S3::BucketPolicy")} == snapshot


def test_the_upload(template: dict[str, Any], snapshot: SnapshotAssertion) -> None:
    ((name, upload),) = of_type(template, "Custom::CDKBucketDeployment").items()
    assert {name: {**upload, "Properties": {**upload["Properties"], "SourceObjectKeys": ["ASSET"]}}} == snapshot


def test_the_names_that_an_upgrade_must_not_change(template: dict[str, Any], snapshot: SnapshotAssertion) -> None:
    assert outline(template) == snapshot
