"""From whatever a distribution's origin can be, the way leads to the alias that answers."""

from pathlib import Path
from typing import Any

import pytest

from prod_one_box.template.distributions import WaysIn
from prod_one_box.template.links import Links, Place
from template.assemblies import stacks


def made(kind: str, **said: Any) -> dict[str, Any]:
    return {"Type": f"AWS::{kind}", "Properties": said}


def ref(name: str) -> dict[str, Any]:
    return {"Ref": name}


ALIASES = {
    name: made("Lambda::Alias", FunctionName=ref("Fn"), Name=name.lower(), FunctionVersion="1")
    for name in ("Live", "Else")
}
URI = {"Fn::Join": ["", ["arn:", ref("Live"), "/invocations"]]}


@pytest.mark.parametrize(
    "way",
    [
        {"In": made("ApiGatewayV2::Api"), "I": made("ApiGatewayV2::Integration", ApiId=ref("In"), IntegrationUri=URI)},
        {"In": made("ApiGatewayV2::Api", Target=ref("Live"))},
        {"In": made("ApiGateway::RestApi"), "M": made("ApiGateway::Method", RestApiId=ref("In"), Integration=URI)},
        {"In": made("ApiGateway::RestApi", Body={"paths": {"/": URI}})},
        {"In": made("Lambda::Url", TargetFunctionArn={"Fn::GetAtt": ["Fn", "Arn"]}, Qualifier="live")},
        {"In": made("Lambda::Url", TargetFunctionArn=ref("Live"))},
        {
            "In": made("ElasticLoadBalancingV2::LoadBalancer"),
            "L": made("ElasticLoadBalancingV2::Listener", LoadBalancerArn=ref("In"), DefaultActions=[ref("T")]),
            "T": made("ElasticLoadBalancingV2::TargetGroup", Targets=[{"Id": ref("Live")}]),
        },
    ],
)
def test_the_way_leads_to_the_alias_and_to_no_other(tmp_path: Path, way: dict[str, Any]) -> None:
    read = stacks(tmp_path, Shop={"Fn": made("Lambda::Function"), **ALIASES, **way})
    assert WaysIn(Links(read)).aliases([Place("Shop", "In")]) == {Place("Shop", "Live")}


def test_an_api_that_no_integration_leads_on_from_leads_nowhere(tmp_path: Path) -> None:
    read = stacks(tmp_path, Shop={"In": made("ApiGatewayV2::Api"), **ALIASES})
    assert WaysIn(Links(read)).aliases([Place("Shop", "In")]) == set()
