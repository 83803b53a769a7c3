"""Arguments that cannot work are refused when they are given, with the construct's path."""

import re

import aws_cdk as cdk
import pytest
from aws_cdk import aws_cloudfront as cloudfront
from aws_cdk import aws_cloudfront_origins as origins
from aws_cdk.assertions import Template
from edge.deployed import of_type, regular, split
from edge.existing import distribution, new_stack

from partitions import partitions
from prod_one_box import (
    EdgeRuntime,
    InvalidArgumentError,
    PartitionEdge,
    Stickiness,
    StickyPartitionDistribution,
)

SETTINGS = {"origin_path": "/p", "custom_headers": {"X-From": "edge"}, "https_port": 443}
RUNTIMES = pytest.mark.parametrize("runtime", list(EdgeRuntime), ids=lambda runtime: runtime.value)


def refused(argument: str, match: str, **arguments: object) -> None:
    with pytest.raises(InvalidArgumentError, match=match) as caught:
        PartitionEdge(new_stack(), "Edge", **{"partitions": split(), **arguments})
    assert (caught.value.path, caught.value.argument) == ("Shop/Edge", argument)


@pytest.mark.parametrize("runtime", ["lambda-at-edge", "LAMBDA_AT_EDGE", None, 1])
def test_a_runtime_by_another_name_is_refused(runtime):
    refused("edge_runtime", "EdgeRuntime.CLOUDFRONT_FUNCTIONS or EdgeRuntime.LAMBDA_AT_EDGE", edge_runtime=runtime)


@RUNTIMES
@pytest.mark.parametrize(
    ("salt", "given"),
    [(cdk.Aws.STACK_NAME, "a token"), (f"shop-{cdk.Aws.REGION}", "a token"), (7, "7")],
    ids=["token", "partly", "number"],
)
def test_a_salt_that_is_not_known_at_synth_is_refused(runtime, salt, given):
    message = rf"got {given}; allowed: .* known at synth: .*\. Write it as a literal"
    refused("salt", message, salt=salt, edge_runtime=runtime)


@pytest.mark.parametrize(
    ("stickiness", "given"),
    [("cookie", "'cookie'"), (Stickiness.cookie, "a function"), (Stickiness, "a type"), ("", "''")],
)
def test_a_stickiness_given_by_name_or_not_called_is_refused(stickiness, given):
    allowed = "a Stickiness, such as Stickiness.cookie(). Call one of its three constructors, with the parentheses."
    said = f"Shop/Edge: stickiness: got {given}; allowed: {allowed}"
    refused("stickiness", f"^{re.escape(said)}$", stickiness=stickiness)


@pytest.mark.parametrize(
    ("fields", "argument"),
    [
        ({"bucket_cookie": "a b"}, "bucket_cookie"),
        ({"bucket_cookie": ""}, "bucket_cookie"),
        ({"identity_cookie": "a;b"}, "identity_cookie"),
        ({"identity_header": "X-User"}, "identity_header"),
        ({"identity_header": "cookie"}, "identity_header"),
        ({"identity_header": "a", "identity_cookie": "b"}, "identity_header, identity_cookie"),
        ({"headers": ("User-Agent",)}, "headers"),
        ({"headers": ("a b",)}, "headers"),
        ({"headers": "accept"}, "headers"),
        ({"headers": (None,)}, "headers"),
        ({"headers": (), "viewer_address": False}, "headers"),
        ({"bucket_cookie": "a", "headers": (), "viewer_address": False}, "headers"),
    ],
)
def test_a_stickiness_made_by_hand_is_checked_too(fields, argument):
    with pytest.raises(InvalidArgumentError) as caught:
        Stickiness(**fields)
    assert (caught.value.path, caught.value.argument) == ("Stickiness", argument)


def test_an_identity_needs_nothing_else():
    assert Stickiness(identity_header="x-user", headers=(), viewer_address=False).identity_header == "x-user"


@pytest.mark.parametrize("name", [None, 7])
def test_a_cookie_without_a_name_is_refused(name):
    with pytest.raises(InvalidArgumentError, match="RFC 9110") as caught:
        Stickiness.cookie(name=name)
    assert (caught.value.path, caught.value.argument) == ("Stickiness.cookie", "name")


def imported(stack: cdk.Stack) -> object:
    return cloudfront.Distribution.from_distribution_attributes(
        stack, "D", domain_name="d.example.com", distribution_id="D"
    )


def of_the_old_kind(stack: cdk.Stack) -> object:
    source = cloudfront.CustomOriginConfig(domain_name="regular.example.com")
    behavior = cloudfront.Behavior(is_default_behavior=True)
    config = cloudfront.SourceConfiguration(custom_origin_source=source, behaviors=[behavior])
    return cloudfront.CloudFrontWebDistribution(stack, "D", origin_configs=[config])


def of_another_app(stack: cdk.Stack) -> object:
    return cloudfront.Distribution(new_stack(), "D", default_behavior=cloudfront.BehaviorOptions(origin=regular()))


def test_a_distribution_of_another_kind_is_named_by_its_public_class():
    stack = new_stack()
    edge = PartitionEdge(stack, "Edge", partitions=split())
    for make, given in ((imported, "an IDistribution"), (lambda _: "E123", "'E123'"), (lambda _: None, "None")):
        with pytest.raises(InvalidArgumentError, match=f"distribution: got {given}; allowed"):
            edge.attach_to(make(stack))


@pytest.mark.parametrize("make", [imported, of_the_old_kind, of_another_app, lambda _: None, lambda _: "E123"])
def test_only_a_distribution_that_this_app_makes_can_be_changed(make):
    stack = new_stack()
    edge = PartitionEdge(stack, "Edge", partitions=split())
    with pytest.raises(InvalidArgumentError, match=r"a cloudfront\.Distribution that this app makes") as caught:
        edge.attach_to(make(stack))
    assert (caught.value.path, caught.value.argument) == ("Shop/Edge", "distribution")


@pytest.mark.parametrize("path", ["", "*", None, "/a b", "/ä", "/a#b", "/a|b", "/" + "a" * 255])
def test_a_backend_path_that_cloudfront_does_not_accept_is_refused(path):
    with pytest.raises(InvalidArgumentError, match="1 to 255 of the characters") as caught:
        StickyPartitionDistribution(cdk.Stack(), "Site", partitions=split(), backend=regular(), backend_path=path)
    assert (caught.value.path, caught.value.argument) == ("Default/Site", "backend_path")


def test_names_without_a_certificate_are_refused():
    with pytest.raises(InvalidArgumentError, match=r"got \['shop.example.com'\], and no certificate") as caught:
        StickyPartitionDistribution(cdk.Stack(), "Site", partitions=split(), domain_names=["shop.example.com"])
    assert (caught.value.path, caught.value.argument) == ("Default/Site", "domain_names")


@pytest.mark.parametrize("path", ["/" + "a" * 254, "api/*", "/A?_-.*$/~\"'@:+&9"])
def test_a_backend_path_that_cloudfront_accepts_is_accepted(path):
    api = origins.HttpOrigin("api.example.com")
    stack = cdk.Stack()
    StickyPartitionDistribution(stack, "Site", partitions=split(), backend=api, backend_path=path)
    (site,) = of_type(Template.from_stack(stack).to_json(), "AWS::CloudFront::Distribution")
    assert path in [one["PathPattern"] for one in site["Properties"]["DistributionConfig"]["CacheBehaviors"]]


def attach(runtime: EdgeRuntime, *given: cloudfront.IOrigin) -> PartitionEdge:
    stack = new_stack()
    split = partitions(*given, shares=(10,) * (len(given) - 1))
    edge = PartitionEdge(stack, "Edge", partitions=split, edge_runtime=runtime)
    edge.attach_to(distribution(stack, edge, origin=given[-1]))
    return edge


@RUNTIMES
def test_two_partitions_with_one_origin_are_refused(runtime):
    shared, other = origins.HttpOrigin("a.example.com", **SETTINGS), origins.HttpOrigin("b.example.com")
    again = origins.HttpOrigin("a.example.com", **{**SETTINGS, "custom_headers": {"x-from": "edge"}, "http_port": 80})
    for given, named in [
        ([shared, shared], "one-box and regular"),
        ([shared, again], "one-box and regular"),
        ([shared, other, again], "one-box and regular"),
        ([other, shared, again], "wave-2 and regular"),
        ([shared, again, other], "one-box and wave-2"),
    ]:
        with pytest.raises(InvalidArgumentError, match=f"got one origin for {named}: the domain name, path") as caught:
            attach(runtime, *given)
        assert caught.value.argument == "partitions"


@RUNTIMES
@pytest.mark.parametrize(
    "differently",
    [
        {"origin_path": "/q"},
        {"http_port": 8080},
        {"https_port": 8443},
        {"protocol_policy": cloudfront.OriginProtocolPolicy.HTTP_ONLY},
        {"custom_headers": {"X-Partition": "one-box"}},
    ],
)
def test_origins_differ_by_path_port_protocol_or_custom_headers(runtime, differently):
    edge = attach(runtime, origins.HttpOrigin("a.example.com", **differently), origins.HttpOrigin("a.example.com"))
    assert edge.distribution is not None


def test_more_partitions_than_a_distribution_has_behaviors_are_refused_with_the_number():
    PartitionEdge(new_stack(), "Edge", partitions=split([1] * 74))
    with pytest.raises(
        InvalidArgumentError, match=r"got 76 partitions; allowed: at most 75: each takes one of"
    ) as caught:
        PartitionEdge(new_stack(), "Edge", partitions=split([1] * 75))
    assert (caught.value.path, caught.value.argument) == ("Shop/Edge", "partitions")
