"""The asset that a part of a template names, whatever synthesizer wrote it."""

from pathlib import Path

import aws_cdk as cdk
import pytest
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_s3_deployment as s3_deployment

from prod_one_box.template.asset_files import asset_named
from prod_one_box.template.cloud_assembly import StackTemplate, listing, mapping, properties, read_assembly

HASH, OTHER = "a" * 64, "b" * 64
ASSETS = {HASH: Path("one"), OTHER: Path("other"), "releases/my-own-name.zip": Path("named")}

SYNTHESIZERS = {
    "default": cdk.DefaultStackSynthesizer,
    "bucket prefix": lambda: cdk.DefaultStackSynthesizer(bucket_prefix="team/shop/"),
    "bucket name and prefix": lambda: cdk.DefaultStackSynthesizer(
        file_assets_bucket_name="assets-${AWS::AccountId}", bucket_prefix="${AWS::Region}/"
    ),
    "credentials of the command line": lambda: cdk.CliCredentialsStackSynthesizer(bucket_prefix="team/"),
    "legacy": cdk.LegacyStackSynthesizer,
}


@pytest.mark.parametrize(
    "value",
    [
        f"{HASH}.zip",
        HASH,
        f"team/shop/{HASH}.zip",
        f"{OTHER}/{HASH}.zip",
        {"Fn::Sub": f"${{AWS::Region}}/{HASH}.json"},
        {"Fn::Join": ["", ["https://s3.", {"Ref": "AWS::Region"}, f"/bucket/team/{HASH}.json"]]},
        {"Fn::Select": [1, {"Fn::Split": ["||", {"Ref": f"AssetParameters{HASH}S3VersionKey12345678"}]}]},
    ],
)
def test_an_asset_is_found_by_whatever_holds_its_hash(value):
    assert asset_named(ASSETS, value) == Path("one")


@pytest.mark.parametrize(
    "value",
    [
        "releases/my-own-name.zip",
        {"Fn::Sub": "https://b/releases/my-own-name.zip"},
        f"{HASH}/releases/my-own-name.zip",
    ],
)
def test_an_asset_is_found_by_the_key_that_it_is_uploaded_under(value):
    assert asset_named(ASSETS, value) == Path("named")


@pytest.mark.parametrize("value", [None, "", "c" * 64, {"Ref": "Key"}, [], {"Fn::ImportValue": "x"}, f"x{HASH}"[:40]])
def test_a_value_that_names_no_asset_finds_none(value):
    assert asset_named(ASSETS, value) is None


def synthesized(folder: Path, synthesizer: cdk.IReusableStackSynthesizer) -> list[StackTemplate]:
    code = folder / "code"
    for name in ("python", "site"):
        (code / name).mkdir(parents=True)
    (code / "index.py").write_text("def handler(event, context): return {}")
    (code / "python" / "greeting.py").write_text("WORD = 'hello'")
    (code / "site" / "index.html").write_text("hello")
    app = cdk.App(outdir=str(folder / "out"), analytics_reporting=False)
    stack = cdk.Stack(app, "Shop", synthesizer=synthesizer)
    nested = cdk.NestedStack(stack, "Inner")
    for scope in (stack, nested):
        layer = lambda_.LayerVersion(scope, "Layer", code=lambda_.Code.from_asset(str(code)))
        lambda_.Function(
            scope,
            "Pages",
            runtime=lambda_.Runtime.PYTHON_3_13,
            handler="index.handler",
            code=lambda_.Code.from_asset(str(code)),
            layers=[layer],
        )
    s3_deployment.BucketDeployment(
        stack,
        "Upload",
        sources=[s3_deployment.Source.asset(str(code / "site"))],
        destination_bucket=s3.Bucket(stack, "Bucket"),
    )
    app.synth()
    return read_assembly(folder / "out")


@pytest.mark.parametrize("kind", SYNTHESIZERS)
def test_code_layers_uploads_and_nested_templates_are_read_alike_from_every_synthesizer(tmp_path, kind):
    stacks = synthesized(tmp_path, SYNTHESIZERS[kind]())
    assert [stack.name for stack in stacks] == ["Shop", "Shop/Inner"]
    for stack in stacks:
        said = {name: properties(each) for name, each in stack.resources.items()}
        pages = [each for name, each in said.items() if name.startswith("Pages") and "Code" in each]
        layers = [mapping(each["Content"]) for each in said.values() if "Content" in each]
        keys = [mapping(each["Code"])["S3Key"] for each in pages] + [each["S3Key"] for each in layers]
        assert [(asset_named(stack.assets, key) / "index.py").is_file() for key in keys[:2]] == [True, True]
    (upload,) = [each for each in stacks[0].resources.values() if each.type == "Custom::CDKBucketDeployment"]
    (key,) = listing(properties(upload)["SourceObjectKeys"])
    assert (asset_named(stacks[0].assets, key) / "index.html").read_text() == "hello"
