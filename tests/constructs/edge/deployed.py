"""Edge code as it stands in a synthesized template, and the distribution around it."""

import hashlib
from collections.abc import Sequence
from pathlib import Path

import aws_cdk as cdk
import jsii
from aws_cdk import aws_cloudfront as cloudfront
from aws_cdk import aws_cloudfront_origins as origins
from edge.visits import CloudFrontFunctionsPlayer, LambdaAtEdgePlayer

from edge_engines import Engine
from prod_one_box import EdgeRuntime, PartitionOrigin, StickyPartitionDistribution
from prod_one_box.vocabulary import METADATA_KEY, partition_names, regular_share

ONE_BOX_DOMAIN = "one-box.example.com"
SALT = "a salt"
TESTER_SECRET = "the-testers-secret-of-these-cases"
TESTER_DIGEST = hashlib.sha256(TESTER_SECRET.encode()).hexdigest()


def one_box() -> cloudfront.IOrigin:
    """An origin with an id that tells its partition, and a domain known only when deployed."""
    return origins.HttpOrigin(cdk.Lazy.string(_Domain()), origin_id="one-box", custom_headers={"X-From": "edge"})


def regular() -> cloudfront.IOrigin:
    return origins.HttpOrigin("regular.example.com", origin_id="regular", custom_headers={"X-From": "edge"})


def origin_of(partition: str) -> cloudfront.IOrigin:
    made = {"one-box": one_box, "regular": regular}
    return made[partition]() if partition in made else origins.HttpOrigin(f"{partition}.example.com")


def split(*given: cloudfront.IOrigin | None, shares: Sequence[float] = (20,)) -> list[PartitionOrigin]:
    """Partitions with these shares, the regular one with the rest; each with its origin of those given, or one made."""
    names = partition_names(len(shares))
    found = zip(names, [*shares, regular_share(shares)], given or [None] * len(names), strict=True)
    return [
        PartitionOrigin(partition_name=name, share=share, origin=origin or origin_of(name))
        for name, share, origin in found
    ]


def synthesize(
    runtime: EdgeRuntime,
    *,
    one_box: cloudfront.IOrigin | None = None,
    shares: Sequence[float] = (20,),
    **arguments: object,
) -> list[dict]:
    """The templates of an app with one distribution, the site's stack last."""
    app = cdk.App()
    stack = cdk.Stack(app, "Shop", env=cdk.Environment(region="us-east-1"))
    partitions = split(one_box, *[None] * len(shares), shares=shares)
    arguments = {"partitions": partitions, "salt": SALT, **arguments}
    StickyPartitionDistribution(stack, "Site", edge_runtime=runtime, **arguments)
    assembly = app.synth()
    artifact = assembly.get_stack_by_name("Shop")
    return [artifact.template, {"assets": Path(assembly.directory)}]


def cloudfront_functions(engine: Engine, **arguments: object) -> CloudFrontFunctionsPlayer:
    """The functions that a template deploys, on one of the engines."""
    return in_engine(synthesize(EdgeRuntime.CLOUDFRONT_FUNCTIONS, **arguments)[0], engine)


def in_engine(template: dict, engine: Engine) -> CloudFrontFunctionsPlayer:
    code = {
        one["Metadata"][METADATA_KEY]["EdgeFunction"]: one["Properties"]["FunctionCode"]
        for one in of_type(template, "AWS::CloudFront::Function")
    }
    return CloudFrontFunctionsPlayer(code["viewer-request"], code["viewer-response"], engine)


def lambda_at_edge(**arguments: object) -> LambdaAtEdgePlayer:
    """The chain that a template deploys, from the assets beside it."""
    template, folder = synthesize(EdgeRuntime.LAMBDA_AT_EDGE, **arguments)
    code = {}
    for function in of_type(template, "AWS::Lambda::Function"):
        asset = function["Properties"]["Code"]["S3Key"].removesuffix(".zip")
        event = function["Metadata"][METADATA_KEY]["EdgeFunction"].replace("-", "_")
        code[event] = (folder["assets"] / f"asset.{asset}" / "index.mjs").read_text("utf-8")
    code.setdefault("viewer_response", "export async function handler(e) { return e.Records[0].cf.response; }")
    headers = of_type(template, "AWS::CloudFront::Distribution")[0]["Properties"]["DistributionConfig"]["Origins"][0]
    travelling = {one["HeaderName"]: one["HeaderValue"] for one in headers["OriginCustomHeaders"]}
    assert travelling.pop("X-From") == "edge"
    return LambdaAtEdgePlayer(**code, origin_headers=travelling, one_box_domain=ONE_BOX_DOMAIN)


def of_type(template: dict, resource_type: str) -> list[dict]:
    return [one for one in template["Resources"].values() if one["Type"] == resource_type]


@jsii.implements(cdk.IStableStringProducer)
class _Domain:
    def produce(self) -> str:
        return ONE_BOX_DOMAIN
