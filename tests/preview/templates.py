"""Templates of a few lines whose functions run."""

from typing import Any

Resources = dict[str, dict[str, Any]]
NOT_KEPT = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad"  # CloudFront's CachingDisabled


def body_of(kind: str, /, **said: Any) -> dict[str, Any]:
    return {"Type": f"AWS::{kind}", "Properties": said}


def ref(name: str) -> dict[str, Any]:
    return {"Ref": name}


def function(text: str) -> dict[str, Any]:
    """A function that answers every request with a text."""
    code = f"def handler(event, context):\n    return {{'statusCode': 200, 'body': {text!r}}}\n"
    return body_of("Lambda::Function", Handler="index.handler", Runtime="python3.13", Code={"ZipFile": code})


def echo() -> dict[str, Any]:
    """A function that answers with the path that it was asked for."""
    code = "def handler(event, context):\n    return {'statusCode': 200, 'body': event['rawPath']}\n"
    return body_of("Lambda::Function", Handler="index.handler", Runtime="python3.13", Code={"ZipFile": code})


def alias(function: str, phase: str = "", name: str = "live") -> dict[str, Any]:
    body = body_of("Lambda::Alias", FunctionName=ref(function), Name=name, FunctionVersion="1")
    return {**body, "Metadata": {"ProdOneBox": {"Phase": phase}}}


def http_api(api: str, target: str) -> Resources:
    """An HTTP API whose every request goes to one function or alias."""
    return {
        api: body_of("ApiGatewayV2::Api", Name=api),
        f"{api}Stage": body_of("ApiGatewayV2::Stage", ApiId=ref(api), StageName="$default"),
        f"{api}To": body_of("ApiGatewayV2::Integration", ApiId=ref(api), IntegrationUri=ref(target)),
        f"{api}Route": body_of(
            "ApiGatewayV2::Route",
            ApiId=ref(api),
            RouteKey="$default",
            Target={"Fn::Join": ["/", ["integrations", ref(f"{api}To")]]},
        ),
    }


def rest_api(api: str, target: str, **said: Any) -> Resources:
    """A REST API with the stage `live`, whose every path goes to one function or alias."""
    uri = {"Fn::Join": ["", ["arn:", ref(target), "/invocations"]]}
    root = {"Fn::GetAtt": [api, "RootResourceId"]}
    return {
        api: body_of("ApiGateway::RestApi", Name=api, **said),
        f"{api}Stage": body_of("ApiGateway::Stage", RestApiId=ref(api), StageName="live"),
        f"{api}Proxy": body_of("ApiGateway::Resource", RestApiId=ref(api), ParentId=root, PathPart="{proxy+}"),
        f"{api}Any": body_of(
            "ApiGateway::Method",
            RestApiId=ref(api),
            ResourceId=ref(f"{api}Proxy"),
            HttpMethod="ANY",
            Integration={"Uri": uri},
        ),
    }


def exporting(resources: Resources, *names: str) -> dict[str, Any]:
    """A template that exports some of its resources by their names."""
    outputs = {f"Out{name}": {"Value": ref(name), "Export": {"Name": f"to:{name}"}} for name in names}
    return {"Resources": resources, "Outputs": outputs}


def imported(name: str) -> dict[str, Any]:
    return {"Fn::ImportValue": f"to:{name}"}


def origin(name: str, api: Any, path: Any = "") -> dict[str, Any]:
    domain = {"Fn::Join": ["", [api, ".execute-api.", ref("AWS::Region"), ".amazonaws.com"]]}
    return {"Id": name, "DomainName": domain, "OriginPath": path}


def behavior(name: str, **said: Any) -> dict[str, Any]:
    return {"TargetOriginId": name, "CachePolicyId": NOT_KEPT, **said}


def distribution(*origins: dict[str, Any], partitions: dict[str, str] | None = None, **config: Any) -> dict[str, Any]:
    """A distribution whose pages come from the first origin, and `/<id>/…` from each other."""
    behaviors = [behavior(each["Id"], PathPattern=f"/{each['Id']}/*") for each in origins[1:]]
    whole = {
        "Origins": list(origins),
        "DefaultCacheBehavior": behavior(origins[0]["Id"]),
        "CacheBehaviors": behaviors,
        **config,
    }
    role = {"Partitions": partitions, "Share": 20} if partitions else {}
    return {**body_of("CloudFront::Distribution", DistributionConfig=whole), "Metadata": {"ProdOneBox": role}}
