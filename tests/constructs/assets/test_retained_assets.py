"""The construct: what CloudFormation is told, and what is refused before it is asked."""

from pathlib import Path
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import assertions
from aws_cdk import aws_cloudfront as cloudfront
from aws_cdk import aws_cloudfront_origins as origins

from dependency_graph import dependencies, of_type, upstream
from prod_one_box import InvalidArgumentError
from prod_one_box.constructs.assets.retained_assets import RetainedAssets

UPLOAD = "Custom::CDKBucketDeployment"


def new_stack(app: cdk.App | None = None, name: str = "Shop") -> cdk.Stack:
    return cdk.Stack(app or cdk.App(), name, env=cdk.Environment(region="eu-west-1"))


def the(template: dict[str, Any], resource_type: str) -> dict[str, Any]:
    (found,) = of_type(template, resource_type).values()
    return found


def test_an_upload_deletes_nothing_neither_now_nor_when_it_is_removed(template: dict[str, Any]) -> None:
    upload = the(template, UPLOAD)["Properties"]
    assert (upload["Prune"], upload["RetainOnDelete"]) == (False, True)
    assert the(template, "AWS::S3::Bucket")["DeletionPolicy"] == "Retain"


def test_browsers_may_keep_a_file_for_a_year(template: dict[str, Any]) -> None:
    metadata = the(template, UPLOAD)["Properties"]["SystemMetadata"]
    assert metadata == {"cache-control": "public, max-age=31536000, immutable"}


def test_the_bucket_is_private_and_keeps_what_a_sweep_has_not_seen(template: dict[str, Any]) -> None:
    bucket = the(template, "AWS::S3::Bucket")["Properties"]
    assert set(bucket["PublicAccessBlockConfiguration"].values()) == {True}
    assert bucket["VersioningConfiguration"] == {"Status": "Enabled"}
    (rule,) = bucket["LifecycleConfiguration"]["Rules"]
    assert "ExpirationInDays" not in rule, "an object's age says nothing about its release"


def test_the_upload_says_what_it_is_to_a_release(template: dict[str, Any]) -> None:
    upload = the(template, UPLOAD)
    assert upload["Metadata"]["ProdOneBox"] == {"RetainedAssets": {"Path": "/assets/*"}}
    assert upload["Properties"]["DestinationBucketKeyPrefix"] == "assets/"
    assert list(of_type(template, "AWS::S3::Bucket")) == [upload["Properties"]["DestinationBucketName"]["Ref"]]


def test_the_upload_waits_for_no_part_of_a_release(template: dict[str, Any]) -> None:
    (upload,) = of_type(template, UPLOAD)
    kinds = {template["Resources"][name]["Type"] for name in upstream(dependencies(template), upload)}
    assert kinds == {
        "AWS::S3::Bucket",
        "AWS::Lambda::LayerVersion",
        "AWS::Lambda::Function",
        "AWS::IAM::Role",
        "AWS::IAM::Policy",
    }


def test_the_sweeper_may_delete_versions_of_served_files_and_touch_nothing_else(template: dict[str, Any]) -> None:
    (role,) = (name for name in of_type(template, "AWS::IAM::Policy") if "Sweeper" in name)
    statements = template["Resources"][role]["Properties"]["PolicyDocument"]["Statement"]
    allowed = {str(each["Action"]): each["Resource"] for each in statements if "s3:" in str(each["Action"])}
    arn = {"Fn::GetAtt": [next(iter(of_type(template, "AWS::S3::Bucket"))), "Arn"]}
    assert allowed == {
        "s3:ListBucketVersions": arn,
        "s3:DeleteObjectVersion": {"Fn::Join": ["", [arn, "/assets/*"]]},
        "['s3:GetObject', 's3:PutObject']": {"Fn::Join": ["", [arn, "/.superseded.json"]]},
    }


def test_a_sweep_has_the_longest_time_and_the_days_it_was_given(folder: Path) -> None:
    stack = new_stack()
    RetainedAssets(stack, "Assets", directory=str(folder), keep_for=cdk.Duration.days(7))
    template = assertions.Template.from_stack(stack).to_json()
    (sweeper,) = (
        each["Properties"] for name, each in of_type(template, "AWS::Lambda::Function").items() if "Sweeper" in name
    )
    assert sweeper["Timeout"] == 900
    assert sweeper["Environment"]["Variables"]["KEEP_DAYS"] == "7"
    assert the(template, "AWS::Events::Rule")["Properties"]["ScheduleExpression"] == "rate(1 day)"


def test_cloudfront_serves_the_files_with_long_caching_and_no_function(folder: Path) -> None:
    stack = new_stack()
    assets = RetainedAssets(stack, "Assets", directory=str(folder), path="/_next/static/*")
    cloudfront.Distribution(
        stack,
        "Site",
        default_behavior=cloudfront.BehaviorOptions(origin=origins.HttpOrigin("example.com")),
        additional_behaviors={assets.path: assets.behavior},
    )
    template = assertions.Template.from_stack(stack).to_json()
    config = the(template, "AWS::CloudFront::Distribution")["Properties"]["DistributionConfig"]
    (behavior,) = config["CacheBehaviors"]
    assert behavior["PathPattern"] == "/_next/static/*"
    assert behavior["CachePolicyId"] == "658327ea-f89d-4fab-a63d-7e88639e58f6", "the managed policy CachingOptimized"
    assert behavior["ViewerProtocolPolicy"] == "redirect-to-https"
    assert not {"FunctionAssociations", "LambdaFunctionAssociations", "OriginRequestPolicyId"} & behavior.keys()
    origin = next(each for each in config["Origins"] if each["Id"] == behavior["TargetOriginId"])
    assert origin["OriginAccessControlId"]["Fn::GetAtt"][0] in of_type(template, "AWS::CloudFront::OriginAccessControl")
    assert the(template, UPLOAD)["Properties"]["DestinationBucketKeyPrefix"] == "_next/static/"


def test_cloudfronts_permission_stands_before_any_distribution_and_ends_with_the_served_folder(
    template: dict[str, Any],
) -> None:
    statements = the(template, "AWS::S3::BucketPolicy")["Properties"]["PolicyDocument"]["Statement"]
    read, find = (each for each in statements if each["Effect"] == "Allow")
    assert (read["Action"], find["Action"]) == ("s3:GetObject", "s3:ListBucket")
    assert read["Resource"]["Fn::Join"][1][1] == "/assets/*"
    for each in (read, find):
        assert each["Principal"] == {"Service": "cloudfront.amazonaws.com"}
        assert each["Condition"]["ArnLike"]["AWS:SourceArn"]["Fn::Join"][1][-1] == ":distribution/*"


def test_a_distribution_in_another_stack_can_serve_the_files(folder: Path) -> None:
    app = cdk.App()
    files, site = new_stack(app, "Files"), new_stack(app, "Site")
    assets = RetainedAssets(files, "Assets", directory=str(folder))
    cloudfront.Distribution(
        site,
        "Site",
        default_behavior=cloudfront.BehaviorOptions(origin=origins.HttpOrigin("example.com")),
        additional_behaviors={assets.path: assets.behavior},
    )
    app.synth()
    assert site.dependencies == [files]


def test_two_in_a_stack_have_a_bucket_each(folder: Path) -> None:
    stack = new_stack()
    RetainedAssets(stack, "Assets", directory=str(folder))
    RetainedAssets(stack, "Images", directory=str(folder), path="/images/*")
    template = assertions.Template.from_stack(stack).to_json()
    uploads = of_type(template, UPLOAD).values()
    assert len({each["Properties"]["DestinationBucketName"]["Ref"] for each in uploads}) == 2


def test_the_template_depends_on_the_files_and_on_nothing_of_the_machine(
    folder: Path, template: dict[str, Any], tmp_path: Path
) -> None:
    copy = tmp_path / "elsewhere"
    for file in sorted(folder.rglob("*.js"), reverse=True):
        target = copy / file.relative_to(folder)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(file.read_bytes())
    stack = new_stack()
    RetainedAssets(stack, "Assets", directory=str(copy))
    assert assertions.Template.from_stack(stack).to_json() == template


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"directory": 5}, "Shop/Assets: directory: got 5; allowed: the path of a folder"),
        ({"path": "/assets"}, "Shop/Assets: path: got '/assets'; allowed: '/' and folders and '/\\*'"),
        ({"path": 5}, "Shop/Assets: path: got 5; allowed: a path pattern"),
        ({"keep_for": 30}, "Shop/Assets: keep_for: got 30; allowed: a Duration of whole days"),
        ({"keep_for": cdk.Duration.hours(23)}, "keep_for: got 0.958333 days; allowed: a Duration of whole days"),
        ({"keep_for": cdk.Duration.hours(36)}, "keep_for: got 1.5 days"),
        (
            {"keep_for": cdk.Duration.days(cdk.Token.as_number({"Ref": "Days"}))},
            "keep_for: got a token; allowed: .* known at synth\\. A token gets its value at deployment: give one",
        ),
    ],
)
def test_plausible_mistakes_name_the_argument(wrong: dict[str, Any], message: str, folder: Path) -> None:
    with pytest.raises(InvalidArgumentError, match=message):
        RetainedAssets(new_stack(), "Assets", **{"directory": str(folder), **wrong})


@pytest.mark.parametrize(
    "path", ["/*", "*", "assets/*", "/assets/*.js", "/a*/*", "/../*", "//*", "/ä/*", f"/{'a' * 100}/*"]
)
def test_only_a_folder_of_the_site_can_be_the_path(path: str, folder: Path) -> None:
    with pytest.raises(InvalidArgumentError, match="Shop/Assets: path"):
        RetainedAssets(new_stack(), "Assets", directory=str(folder), path=path)


def warnings(stack: cdk.Stack) -> list[str]:
    found = assertions.Annotations.from_stack(stack).find_warning("*", assertions.Match.any_value())
    return [str(each.entry.data) for each in found]


def test_files_without_a_hash_are_named_in_a_warning_that_can_be_acknowledged(tmp_path: Path) -> None:
    for name in ("index.html", "manifest.json", "robots.txt", "sw.js", "main-BfIqp0mZ.js"):
        (tmp_path / name).write_text(name)
    stack = new_stack()
    assets = RetainedAssets(stack, "Assets", directory=str(tmp_path))
    (warning,) = warnings(stack)
    assert "for a year: index.html, manifest.json, robots.txt, …. Leave" in warning
    assert "[ack: prod-one-box:assetsWithoutHash]" in warning
    cdk.Annotations.of(assets).acknowledge_warning("prod-one-box:assetsWithoutHash")
    assert warnings(stack) == []


def test_up_to_three_files_without_a_hash_are_all_named(tmp_path: Path) -> None:
    for name in ("index.html", "robots.txt", "sw.js"):
        (tmp_path / name).write_text(name)
    stack = new_stack()
    RetainedAssets(stack, "Assets", directory=str(tmp_path))
    (warning,) = warnings(stack)
    assert "for a year: index.html, robots.txt, sw.js. Leave" in warning


def test_a_folder_of_hashed_files_gets_no_warning(assets: RetainedAssets) -> None:
    assert warnings(cdk.Stack.of(assets)) == []
