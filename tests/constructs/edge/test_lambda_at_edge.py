"""What is particular to Lambda@Edge: origins travel, functions live in us-east-1, some things are refused."""

import json
from pathlib import Path

import aws_cdk as cdk
import pytest
from aws_cdk import aws_cloudfront as cloudfront
from aws_cdk import aws_cloudfront_origins as origins
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_s3 as s3
from edge.deployed import lambda_at_edge, of_type, one_box, origin_of, regular, split
from edge.visits import Visit

from edge_engines import EdgeEngine
from partitions import partitions
from prod_one_box import EdgeRuntime, InvalidArgumentError, PartitionEdge, StickyPartitionDistribution

IRELAND = cdk.Environment(region="eu-west-1")
ONE_BOX_VISITOR = ("Cookie", "__Host-one-box-bucket=0")


def site(scope: cdk.Stack, id: str = "Site", **arguments: object) -> StickyPartitionDistribution:
    arguments = {"partitions": split(), **arguments}
    return StickyPartitionDistribution(scope, id, edge_runtime=EdgeRuntime.LAMBDA_AT_EDGE, **arguments)


def origin_request(chain, headers: dict, origin: dict) -> dict:
    fields = {name: [{"key": name, "value": value}] for name, value in headers.items()}
    event = {"Records": [{"cf": {"request": {"headers": fields, "origin": origin}}}]}
    (answer,) = EdgeEngine(chain.origin_request).run([event])
    assert answer.error is None
    return answer.result


@pytest.fixture(scope="module")
def chain():
    one_box = origins.HttpOrigin(
        "one-box.example.com",
        origin_path="/stage",
        custom_headers={"X-From": "edge", "X-Secret": cdk.Fn.ref("AWS::StackName")},
        read_timeout=cdk.Duration.seconds(20),
        keepalive_timeout=cdk.Duration.seconds(7),
        https_port=8443,
    )
    return lambda_at_edge(partitions=partitions(one_box, regular()))


def test_the_one_boxs_own_settings_replace_the_regular_origins(chain):
    travelling = {"x-one-box-origin-header-1": [{"key": "X-One-Box-Origin-Header-1", "value": "secret"}]}
    origin = {"custom": {"domainName": "regular.example.com", "customHeaders": travelling, "path": ""}}
    sent = origin_request(chain, {"x-req-partition": "one-box", "host": "regular.example.com"}, origin)
    assert sent["headers"]["host"] == [{"key": "Host", "value": "one-box.example.com"}]
    assert sent["origin"] == {
        "custom": {
            "customHeaders": {
                "x-from": [{"key": "X-From", "value": "edge"}],
                "x-secret": [{"key": "X-Secret", "value": "secret"}],
            },
            "domainName": "one-box.example.com",
            "keepaliveTimeout": 7,
            "path": "/stage",
            "port": 8443,
            "protocol": "https",
            "readTimeout": 20,
            "sslProtocols": ["TLSv1.2"],
        }
    }


@pytest.mark.parametrize("partition", ["one-box", "wave-2", "wave-3", "regular", "wave-4"])
def test_each_partition_gets_its_own_origin_and_the_regular_one_whoever_has_none(partition):
    chain = lambda_at_edge(shares=[1, 4, 15])
    headers = {name.lower(): [{"key": name, "value": value}] for name, value in chain.origin_headers.items()}
    assert set(headers) == {f"x-{name}-origin-domain" for name in ("one-box", "wave-2", "wave-3")}
    origin = {"custom": {"domainName": "regular.example.com", "customHeaders": headers, "path": ""}}
    sent = origin_request(chain, {"x-req-partition": partition}, origin)["origin"]["custom"]
    known = partition if partition in ("one-box", "wave-2", "wave-3") else "regular"
    assert sent["domainName"] == f"{known}.example.com"
    assert not set(headers) & set(sent["customHeaders"])


def with_tokens(name: str, tokens: int) -> cloudfront.IOrigin:
    headers = {f"X-{number}": cdk.Fn.import_value(f"h{number}") for number in range(tokens)}
    return origins.HttpOrigin(f"{name}.example.com", custom_headers=headers)


def test_more_values_than_an_origins_headers_can_carry_are_refused_with_the_numbers():
    def build(tokens: int) -> None:
        waves = [with_tokens("a", 10), with_tokens("b", tokens)]
        own = origins.HttpOrigin("regular.example.com", custom_headers={"X-A": "a", "X-B": "b"})
        site(cdk.Stack(cdk.App(), "Shop", env=IRELAND), partitions=partitions(*waves, own, shares=(1, 4)))

    build(18)
    said = "3 partitions, whose origins have 29 values .* beside 2 custom headers .* allowed: at most 30 custom headers"
    with pytest.raises(InvalidArgumentError, match=said) as caught:
        build(19)
    assert caught.value.argument == "partitions"


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({}, ("https", 443, 30, 5, ["TLSv1.2"])),
        ({"protocol_policy": cloudfront.OriginProtocolPolicy.HTTP_ONLY}, ("http", 80, 30, 5, ["TLSv1.2"])),
        (
            {"protocol_policy": cloudfront.OriginProtocolPolicy.HTTP_ONLY, "http_port": 8080},
            ("http", 8080, 30, 5, ["TLSv1.2"]),
        ),
        ({"protocol_policy": cloudfront.OriginProtocolPolicy.MATCH_VIEWER}, ("https", 443, 30, 5, ["TLSv1.2"])),
        (
            {"origin_ssl_protocols": [cloudfront.OriginSslPolicy.TLS_V1_1]},
            ("https", 443, 30, 5, ["TLSv1.1"]),
        ),
    ],
)
def test_the_one_box_is_connected_to_as_its_origin_says_else_by_cloudfronts_defaults(given, expected):
    one_box = origins.HttpOrigin("one-box.example.com", custom_headers={"X-From": "edge"}, **given)
    chain = lambda_at_edge(partitions=partitions(one_box, regular()))
    origin = {"custom": {"domainName": "regular.example.com", "customHeaders": {}, "path": ""}}
    sent = origin_request(chain, {"x-req-partition": "one-box"}, origin)["origin"]["custom"]
    assert (
        tuple(sent[name] for name in ("protocol", "port", "readTimeout", "keepaliveTimeout", "sslProtocols"))
        == expected
    )


def test_the_one_boxs_custom_header_replaces_the_viewers_of_that_name(chain):
    origin = {"custom": {"domainName": "regular.example.com", "customHeaders": {}, "path": ""}}
    sent = origin_request(chain, {"x-req-partition": "one-box", "x-secret": "guess", "x-other": "kept"}, origin)
    assert set(sent["headers"]) == {"x-req-partition", "x-other", "host"}


@pytest.mark.parametrize("partition", ["regular", "One-Box", "", "one-box,regular", "constructor"])
def test_any_other_partition_is_the_regular_one(chain, partition):
    origin = {"custom": {"domainName": "regular.example.com", "customHeaders": {}, "path": ""}}
    sent = origin_request(chain, {"x-req-partition": partition}, origin)
    assert sent["origin"] == origin


@pytest.mark.parametrize("fields", [{}, {"x-req-partition": [{"key": "X-Req-Partition", "value": "both"}]}])
def test_a_response_to_a_request_without_a_partition_is_labelled_regular(chain, fields):
    event = {"Records": [{"cf": {"request": {"headers": fields}, "response": {"status": "200", "headers": {}}}}]}
    (answer,) = EdgeEngine(chain.origin_response).run([event])
    assert answer.result["headers"]["x-req-partition"] == [{"key": "X-Req-Partition", "value": "regular"}]


def test_a_behavior_with_another_origin_keeps_it():
    chain = lambda_at_edge()
    for origin in ({"s3": {"domainName": "b.s3.amazonaws.com"}}, {"custom": {"domainName": "x", "customHeaders": {}}}):
        assert origin_request(chain, {"x-req-partition": "one-box"}, origin)["origin"] == origin


def test_a_viewer_cannot_choose_where_the_one_box_is():
    chain = lambda_at_edge()
    spoof = Visit("192.0.2.1", [("Host", "shop"), ("X-One-Box-Origin-Domain", "evil.example.com"), ONE_BOX_VISITOR])
    (outcome,) = chain.play([spoof])
    assert outcome.partition == "one-box"


@pytest.fixture(scope="module")
def two_sites():
    app = cdk.App()
    stack = cdk.Stack(app, "Shop", env=IRELAND)
    site(stack, "Site")
    site(stack, "Other", partitions=split([1]))
    return app.synth()


def test_two_distributions_of_one_stack_share_the_support_stack(two_sites):
    (support,) = (stack for stack in two_sites.stacks if stack.stack_name != "Shop")
    assert support.environment.region == "us-east-1"
    functions = of_type(support.template, "AWS::Lambda::Function")
    assert len(functions) == 8
    for function in functions:
        properties = function["Properties"]
        assert (properties["Runtime"], properties["MemorySize"], properties["Timeout"]) == ("nodejs24.x", 128, 5)
        assert "Environment" not in properties


def test_a_new_share_does_not_change_the_functions_at_origin_events(two_sites):
    (support,) = (stack for stack in two_sites.stacks if stack.stack_name != "Shop")
    keys: dict[str, set[str]] = {}
    for function in of_type(support.template, "AWS::Lambda::Function"):
        event = function["Metadata"]["ProdOneBox"]["EdgeFunction"]
        keys.setdefault(event, set()).add(function["Properties"]["Code"]["S3Key"])
    assert {event: len(each) for event, each in keys.items()} == {
        "viewer-request": 2, "viewer-response": 2, "origin-request": 1, "origin-response": 1,
    }  # fmt: skip


def test_the_one_box_may_be_in_another_stack():
    app = cdk.App()
    stack, other = cdk.Stack(app, "Shop", env=IRELAND), cdk.Stack(app, "Other", env=IRELAND)
    url = lambda_.CfnUrl(other, "Url", auth_type="NONE", target_function_arn="f")
    elsewhere = origins.HttpOrigin(cdk.Fn.select(2, cdk.Fn.split("/", url.attr_function_url)))
    site(stack, partitions=partitions(elsewhere, regular()))
    template = app.synth().get_stack_by_name("Shop").template
    (resource,) = of_type(template, "AWS::CloudFront::Distribution")
    headers = resource["Properties"]["DistributionConfig"]["Origins"][0]["OriginCustomHeaders"]
    assert "Fn::ImportValue" in json.dumps(headers[1])


def test_assets_are_byte_identical_each_time_and_hold_one_file():
    runs = []
    for _ in range(2):
        app = cdk.App()
        site(cdk.Stack(app, "Shop", env=cdk.Environment(region="us-east-1")))
        folder = Path(app.synth().directory)
        runs.append({str(path.relative_to(folder)): path.read_bytes() for path in folder.glob("asset.*/*")})
    assert runs[0] == runs[1]
    assert {Path(name).name for name in runs[0]} == {"index.mjs"}


def test_a_stack_without_a_region_is_refused():
    with pytest.raises(InvalidArgumentError, match="without a region") as caught:
        site(cdk.Stack(cdk.App(), "Shop"))
    assert (caught.value.path, caught.value.argument) == ("Shop/Site/Edge", "edge_runtime")


def test_composition_is_refused():
    with pytest.raises(InvalidArgumentError, match="LAMBDA_AT_EDGE") as caught:
        site(cdk.Stack(env=IRELAND), viewer_response_code="function handler(event) { return event.response; }")
    assert caught.value.argument == "viewer_response_code"


def with_access_control(stack: cdk.Stack) -> cloudfront.IOrigin:
    code = lambda_.Code.from_inline("x")
    function = lambda_.Function(stack, "F", code=code, handler="i.h", runtime=lambda_.Runtime.PYTHON_3_13)
    url = function.add_function_url(auth_type=lambda_.FunctionUrlAuthType.AWS_IAM)
    return origins.FunctionUrlOrigin.with_origin_access_control(url)


def in_a_vpc(stack: cdk.Stack) -> cloudfront.IOrigin:
    instance = ec2.Instance(
        stack,
        "I",
        vpc=ec2.Vpc(stack, "V"),
        instance_type=ec2.InstanceType("t3.micro"),
        machine_image=ec2.MachineImage.latest_amazon_linux2023(),
    )
    return origins.VpcOrigin.with_ec2_instance(instance)


def in_a_bucket(stack: cdk.Stack) -> cloudfront.IOrigin:
    return origins.S3BucketOrigin.with_bucket_defaults(s3.Bucket(stack, "B"))


def with_failover(stack: cdk.Stack) -> cloudfront.IOrigin:
    return origins.OriginGroup(primary_origin=one_box(), fallback_origin=origins.HttpOrigin("b.example.com"))


@pytest.mark.parametrize(
    ("make", "given"),
    [
        (with_access_control, "origin access control"),
        (in_a_vpc, "VPC origin"),
        (in_a_bucket, "S3 origin"),
        (with_failover, "origin group"),
    ],
)
@pytest.mark.parametrize(
    ("place", "argument"), [(0, "partitions[0].origin"), (1, "partitions[1].origin"), (2, "distribution")]
)
def test_origins_that_it_cannot_switch_between_are_refused(make, given, place, argument):
    stack = cdk.Stack(cdk.App(), "Shop", env=IRELAND)
    found = [origin_of(name) for name in ("one-box", "wave-2", "regular")]
    found[place] = make(stack)
    with pytest.raises(InvalidArgumentError, match=given) as caught:
        site(stack, partitions=partitions(*found, shares=(1, 4)))
    assert caught.value.argument == argument


@pytest.mark.parametrize("make", [with_access_control, in_a_vpc, in_a_bucket])
def test_cloudfront_functions_accept_them_all(make):
    stack = cdk.Stack(cdk.App(), "Shop", env=IRELAND)
    edge = PartitionEdge(stack, "Edge", partitions=partitions(make(stack), regular()))
    behavior = cloudfront.BehaviorOptions(origin=regular(), cache_policy=edge.cache_policy)
    edge.attach_to(cloudfront.Distribution(stack, "Site", default_behavior=behavior))
    template = cdk.App.of(stack).synth().get_stack_by_name("Shop").template
    (config,) = (
        body["Properties"]["DistributionConfig"] for body in of_type(template, "AWS::CloudFront::Distribution")
    )
    (code, _) = (body["Properties"]["FunctionCode"] for body in of_type(template, "AWS::CloudFront::Function"))
    assert len(config["Origins"]) == 2
    assert all(origin["Id"] in code for origin in config["Origins"])
