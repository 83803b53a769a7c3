"""The whole distribution: what a site needs in production, in templates that AWS and cdk-nag accept."""

import contextlib
import json
from pathlib import Path

import aws_cdk as cdk
import pytest
from aws_cdk import aws_apigateway as apigateway
from aws_cdk import aws_certificatemanager as acm
from aws_cdk import aws_cloudfront as cloudfront
from aws_cdk import aws_cloudfront_origins as origins
from aws_cdk import aws_s3 as s3
from cdk_nag import AwsSolutionsChecks
from cfnlint import ManualArgs
from cfnlint.api import lint
from edge.deployed import of_type, regular, split

from masked import outline
from prod_one_box import EdgeRuntime, InvalidArgumentError, Stickiness, StickyPartitionDistribution, rest_api_origin

ENVIRONMENT = cdk.Environment(account="123456789012", region="eu-west-1")
CERTIFICATE = "arn:aws:acm:us-east-1:123456789012:certificate/11111111-2222-3333-4444-555555555555"
WEB_ACL = "arn:aws:wafv2:us-east-1:123456789012:global/webacl/shop/1"


def production_app(runtime: EdgeRuntime) -> cdk.App:
    """Everything that a production site sets, once."""
    app = cdk.App()
    stack = cdk.Stack(app, "Shop", env=ENVIRONMENT)
    api = apigateway.RestApi(stack, "Api")
    api.root.add_method("GET")
    logs = s3.Bucket.from_bucket_attributes(
        stack, "Logs", bucket_name="logs", bucket_regional_domain_name="logs.s3.eu-west-1.amazonaws.com"
    )
    StickyPartitionDistribution(
        stack,
        "Site",
        partitions=split(),
        edge_runtime=runtime,
        backend=rest_api_origin(api),
        additional_behaviors={"/media/*": cloudfront.BehaviorOptions(origin=origins.HttpOrigin("media.example.com"))},
        domain_names=["shop.example.com"],
        certificate=acm.Certificate.from_certificate_arn(stack, "Certificate", CERTIFICATE),
        minimum_protocol_version=cloudfront.SecurityPolicyProtocol.TLS_V1_2_2021,
        web_acl_id=WEB_ACL,
        geo_restriction=cloudfront.GeoRestriction.allowlist("DE"),
        price_class=cloudfront.PriceClass.PRICE_CLASS_100,
        http_version=cloudfront.HttpVersion.HTTP2_AND_3,
        error_responses=[cloudfront.ErrorResponse(http_status=503, ttl=cdk.Duration.seconds(0))],
        log_bucket=logs,
        log_file_prefix="site/",
    )
    return app


@pytest.fixture(scope="module", params=list(EdgeRuntime), ids=lambda runtime: runtime.value)
def assembly(request):
    return production_app(request.param).synth()


@pytest.fixture(scope="module")
def template(assembly) -> dict:
    return assembly.get_stack_by_name("Shop").template


@pytest.fixture(scope="module")
def config(template) -> dict:
    return of_type(template, "AWS::CloudFront::Distribution")[0]["Properties"]["DistributionConfig"]


def test_everything_a_production_site_sets_arrives(config):
    assert config["Aliases"] == ["shop.example.com"]
    assert config["CustomErrorResponses"] == [{"ErrorCode": 503, "ErrorCachingMinTTL": 0}]
    assert config["HttpVersion"] == "http2and3"
    assert config["Logging"] == {"Bucket": "logs.s3.eu-west-1.amazonaws.com", "Prefix": "site/"}
    assert config["PriceClass"] == "PriceClass_100"
    assert config["Restrictions"]["GeoRestriction"]["Locations"] == ["DE"]
    assert config["ViewerCertificate"]["AcmCertificateArn"] == CERTIFICATE
    assert config["ViewerCertificate"]["MinimumProtocolVersion"] == "TLSv1.2_2021"
    assert config["WebACLId"] == WEB_ACL


def test_pages_take_every_method_and_are_cached_apart_by_partition(config, template):
    pages = config["DefaultCacheBehavior"]
    assert len(pages["AllowedMethods"]) == 7
    assert pages["ViewerProtocolPolicy"] == "redirect-to-https"
    (policy,) = of_type(template, "AWS::CloudFront::CachePolicy")
    caching = policy["Properties"]["CachePolicyConfig"]
    assert [caching[name] for name in ("DefaultTTL", "MinTTL", "MaxTTL")] == [0, 0, 365 * 86_400]
    assert caching["ParametersInCacheKeyAndForwardedToOrigin"] == {
        "CookiesConfig": {"CookieBehavior": "none"},
        "EnableAcceptEncodingBrotli": True,
        "EnableAcceptEncodingGzip": True,
        "HeadersConfig": {"HeaderBehavior": "whitelist", "Headers": ["X-Req-Partition"]},
        "QueryStringsConfig": {"QueryStringBehavior": "all"},
    }


def test_the_backend_is_reached_for_every_method_without_cache_or_edge_function(config):
    api = next(one for one in config["CacheBehaviors"] if one["PathPattern"] == "/api/*")
    assert len(api["AllowedMethods"]) == 7
    assert api["CachePolicyId"] == cloudfront.CachePolicy.CACHING_DISABLED.cache_policy_id
    assert api["OriginRequestPolicyId"] == "b689b0a8-53d0-40ab-baf2-68738e2966ac"
    assert "FunctionAssociations" not in api
    assert "LambdaFunctionAssociations" not in api


def test_cfn_lint_finds_nothing(assembly):
    for stack in assembly.stacks:
        text = Path(stack.template_full_path).read_text("utf-8")
        found = lint(text, config=ManualArgs(regions=[stack.environment.region], ignore_checks=["W3005"]))
        assert [str(one) for one in found] == []


def test_a_small_snapshot_of_the_distribution(config, snapshot):
    behaviors = [config["DefaultCacheBehavior"], *config["CacheBehaviors"]]
    told = {
        behavior.get("PathPattern", "*"): [
            one["EventType"]
            for kind in ("FunctionAssociations", "LambdaFunctionAssociations")
            for one in behavior.get(kind, [])
        ]
        for behavior in behaviors
    }
    assert {"behaviors": told, "origins": [one["DomainName"] for one in config["Origins"]]} == snapshot


def test_the_logical_ids_are_a_contract(assembly, snapshot):
    """In the site's stack, and with Lambda@Edge in the one of us-east-1 too: the functions are there."""
    ids = {
        stack.environment.region: {
            name: kind for name, kind in outline(stack.template).items() if not name.startswith("Api")
        }
        for stack in assembly.stacks
    }
    assert ids == snapshot


@pytest.mark.parametrize("stickiness", [Stickiness.cookie(), Stickiness.request_attributes(headers=["A"] * 10)])
def test_the_functions_are_under_10_kb(stickiness):
    stack = cdk.Stack(cdk.App(), "Shop")
    StickyPartitionDistribution(stack, "Site", partitions=split(), stickiness=stickiness)
    template = cdk.App.of(stack).synth().get_stack_by_name("Shop").template
    functions = of_type(template, "AWS::CloudFront::Function")
    assert len(functions) == 2
    assert all(len(one["Properties"]["FunctionCode"].encode()) < 5_000 for one in functions)


@pytest.mark.parametrize("runtime", list(EdgeRuntime))
def test_cdk_nag_reports_no_error_on_the_librarys_own_resources(runtime):
    app = production_app(runtime)
    cdk.Validations.of(app).add_plugins(AwsSolutionsChecks(app))
    with contextlib.suppress(RuntimeError):
        app.synth()
    report = json.loads((Path(app.outdir) / "validation-report.json").read_text("utf-8"))
    (plugin,) = (one for one in report["pluginReports"] if one["pluginName"] == "AwsSolutions")
    errors = [one for one in plugin["violations"] if one["severity"] == "error"]
    found = [(one["ruleName"], each["constructPath"]) for one in errors for each in one["violatingConstructs"]]
    assert [one for one in found if not one[1].startswith("Shop/Api/")] == []
    assert all(one["reason"] for one in plugin.get("suppressedViolations", []))


@pytest.mark.parametrize("path", ["/api/*", "api/*"])
def test_a_backend_path_that_is_a_behavior_already_is_refused(path):
    media = {path: cloudfront.BehaviorOptions(origin=origins.HttpOrigin("media.example.com"))}
    with pytest.raises(InvalidArgumentError, match="/api/") as caught:
        StickyPartitionDistribution(
            cdk.Stack(), "Site", partitions=split(), backend=regular(), additional_behaviors=media
        )
    assert caught.value.argument == "backend_path"


def test_the_inner_objects_are_exposed():
    stack = cdk.Stack()
    site = StickyPartitionDistribution(stack, "Site", partitions=split())
    assert isinstance(site.distribution, cloudfront.Distribution)
    assert site.edge.distribution is site.distribution
    assert json.dumps(stack.resolve(site.domain_name)) == json.dumps(
        stack.resolve(site.distribution.distribution_domain_name)
    )
