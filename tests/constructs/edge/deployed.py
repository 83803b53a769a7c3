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
from partitions import partitions
from prod_one_box import EdgeRuntime, PartitionOrigin, StickyPartitionDistribution
from prod_one_box.vocabulary import METADATA_KEY, REGULAR, partition_names

SALT = "a salt"
TESTER_SECRET = "the-testers-secret-of-these-cases"
TESTER_DIGEST = hashlib.sha256(TESTER_SECRET.encode()).hexdigest()
ONE_WAVE = (20,)
FOUR_WAVES = (1, 4, 15, 30)


def domain_of(partition: str) -> str:
    return f"{partition}.example.com"


def origin_of(partition: str) -> cloudfront.IOrigin:
    """An origin with an id that tells its partition; the domain of a wave is known only when deployed."""
    domain = domain_of(partition)
    known = domain if partition == REGULAR else cdk.Lazy.string(_Domain(domain))
    return origins.HttpOrigin(known, origin_id=partition, custom_headers={"X-From": "edge"})


def one_box() -> cloudfront.IOrigin:
    return origin_of("one-box")


def regular() -> cloudfront.IOrigin:
    return origin_of(REGULAR)


def split(shares: Sequence[float] = ONE_WAVE) -> list[PartitionOrigin]:
    """The partitions with such shares before the regular one."""
    return partitions(*map(origin_of, partition_names(len(shares))), shares=tuple(shares))


def synthesize(runtime: EdgeRuntime, *, shares: Sequence[float] = ONE_WAVE, **arguments: object) -> list[dict]:
    """The templates of an app with one distribution, the site's stack last."""
    app = cdk.App()
    stack = cdk.Stack(app, "Shop", env=cdk.Environment(region="us-east-1"))
    arguments = {"partitions": split(shares), "salt": SALT, **arguments}
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


def lambda_at_edge(*, shares: Sequence[float] = ONE_WAVE, **arguments: object) -> LambdaAtEdgePlayer:
    """The chain that a template deploys, from the assets beside it."""
    template, folder = synthesize(EdgeRuntime.LAMBDA_AT_EDGE, shares=shares, **arguments)
    code = {}
    for function in of_type(template, "AWS::Lambda::Function"):
        asset = function["Properties"]["Code"]["S3Key"].removesuffix(".zip")
        event = function["Metadata"][METADATA_KEY]["EdgeFunction"].replace("-", "_")
        code[event] = (folder["assets"] / f"asset.{asset}" / "index.mjs").read_text("utf-8")
    code.setdefault("viewer_response", "export async function handler(e) { return e.Records[0].cf.response; }")
    headers = of_type(template, "AWS::CloudFront::Distribution")[0]["Properties"]["DistributionConfig"]["Origins"][0]
    travelling = {one["HeaderName"]: one["HeaderValue"] for one in headers["OriginCustomHeaders"]}
    assert travelling.pop("X-From") == "edge"
    domains = {domain_of(partition): partition for partition in partition_names(len(shares))}
    return LambdaAtEdgePlayer(**code, origin_headers=travelling, domains=domains)


def of_type(template: dict, resource_type: str) -> list[dict]:
    return [one for one in template["Resources"].values() if one["Type"] == resource_type]


@jsii.implements(cdk.IStableStringProducer)
class _Domain:
    def __init__(self, domain: str) -> None:
        self._domain = domain

    def produce(self) -> str:
        return self._domain
