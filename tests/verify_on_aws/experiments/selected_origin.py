"""Is the own host of the origin that a function selects asked, and what does an unknown origin id do?

The edge selects a partition's origin with `selectRequestOriginById`, which "only accepts origins already defined"
(CloudFront developer guide, "Helper methods for origin modification"). HTTP APIs refuse requests with another host than
their own, so the first half must hold. During an update the edge's function can be published before the distribution
has a new origin; what visitors then get is not documented. A distribution with two APIs, whose function selects the
origin that the query names, is asked for each and for one that does not exist.
"""

import json
import time
from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_apigatewayv2 as apigateway
from aws_cdk import aws_apigatewayv2_integrations as integrations
from aws_cdk import aws_cloudfront as cloudfront
from aws_cdk import aws_cloudfront_origins as origins
from aws_cdk import aws_lambda as lambda_

from verify_on_aws.account_run import AccountRun
from verify_on_aws.answer import Answer

_ECHO = """
import json

def handler(event, context):
    return {"statusCode": 200, "body": json.dumps({"host": event["headers"].get("host", "")})}
"""
_EDGE = """
import cf from 'cloudfront';
function handler(event) {
    const chosen = event.request.querystring.origin;
    if (chosen) {
        cf.selectRequestOriginById(chosen.value);
    }
    return event.request;
}
"""
_APIS = ("first", "second")
_UNSELECTED = "no selection"
_ASKED = {_UNSELECTED: "/", "first": "/?origin=first", "second": "/?origin=second", "unknown": "/?origin=unknown"}
_DOMAIN_SECONDS = 300


def ask(run: AccountRun) -> Answer:
    outputs = run.deploy("Origins", _build)
    _wait_for(run, outputs["Domain"])
    evidence: dict[str, Any] = {name: _ask(run, outputs["Domain"], path) for name, path in _ASKED.items()}
    default = {"status": 200, "host": outputs[_APIS[0]]}
    assert evidence[_UNSELECTED] == default, f"the distribution does not answer without a selection: {evidence}"
    own = all(evidence[each].get("host") == outputs[each] for each in _APIS)
    unknown = evidence["unknown"]
    return Answer(
        f"The selected origin's own host was {'' if own else 'not '}asked; "
        f"an unknown id answered {unknown['status']}{', the default origin' if unknown.get('host') else ''}.",
        evidence,
    )


def _ask(run: AccountRun, domain: str, path: str) -> dict[str, Any]:
    answer = run.aws.ask(domain, path)
    try:
        return {"status": answer.status, "host": json.loads(answer.body)["host"]}
    except (ValueError, LookupError, TypeError):
        return {"status": answer.status, "body": answer.body[:500]}


def _wait_for(run: AccountRun, domain: str) -> None:
    """A new distribution's domain name takes a while to be known everywhere."""
    until = time.monotonic() + _DOMAIN_SECONDS
    while time.monotonic() < until:
        try:
            if run.aws.ask(domain, "/").status == 200:
                return
        except OSError:
            pass
        time.sleep(2)


def _build(stack: cdk.Stack) -> None:
    echo = lambda_.Function(
        stack,
        "Echo",
        runtime=lambda_.Runtime.PYTHON_3_13,
        handler="index.handler",
        code=lambda_.Code.from_inline(_ECHO),
    )
    hosts = {}
    for name in _APIS:
        integration = integrations.HttpLambdaIntegration(f"{name}Integration", echo)
        api = apigateway.HttpApi(stack, f"{name}Api", default_integration=integration)
        hosts[name] = f"{api.api_id}.execute-api.{stack.region}.{stack.url_suffix}"
    function = cloudfront.Function(
        stack,
        "Selects",
        code=cloudfront.FunctionCode.from_inline(_EDGE),
        runtime=cloudfront.FunctionRuntime.JS_2_0,
    )
    behaviors = {name: _behavior(hosts[name], name, function) for name in _APIS}
    distribution = cloudfront.Distribution(
        stack, "Site", default_behavior=behaviors["first"], additional_behaviors={"/second/*": behaviors["second"]}
    )
    for name, value in {**hosts, "Domain": distribution.distribution_domain_name}.items():
        cdk.CfnOutput(stack, name, value=value)


def _behavior(host: str, origin_id: str, function: cloudfront.Function) -> cloudfront.BehaviorOptions:
    return cloudfront.BehaviorOptions(
        origin=origins.HttpOrigin(host, origin_id=origin_id),
        cache_policy=cloudfront.CachePolicy.CACHING_DISABLED,
        viewer_protocol_policy=cloudfront.ViewerProtocolPolicy.REDIRECT_TO_HTTPS,
        function_associations=[
            cloudfront.FunctionAssociation(event_type=cloudfront.FunctionEventType.VIEWER_REQUEST, function=function)
        ],
    )
