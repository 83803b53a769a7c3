"""Templates of a few lines whose functions run."""

import json
from typing import Any

from prod_one_box.vocabulary import PARTITION_HEADER, bounds_of

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


def distribution(
    *origins: dict[str, Any],
    partitions: dict[str, str] | None = None,
    shares: dict[str, float] | None = None,
    **config: Any,
) -> dict[str, Any]:
    """A distribution whose pages come from the first origin, and `/<id>/…` from each other."""
    behaviors = [behavior(each["Id"], PathPattern=f"/{each['Id']}/*") for each in origins[1:]]
    whole = {
        "Origins": list(origins),
        "DefaultCacheBehavior": behavior(origins[0]["Id"]),
        "CacheBehaviors": behaviors,
        **config,
    }
    shares = shares or {"one-box": 20, "regular": 80}
    role = {"Partitions": partitions, "Shares": shares} if partitions else {}
    return {**body_of("CloudFront::Distribution", DistributionConfig=whole), "Metadata": {"ProdOneBox": role}}


def split_site(text: str, shares: dict[str, float]) -> Resources:
    """A backend and a site of partitions, each with an alias and an API; all answer with the text and their name."""
    parts: Resources = {"Backend": function(f"{text}, backend"), "BackendLive": alias("Backend", "backend")}
    parts |= http_api("BackendHttp", "BackendLive")
    for name in shares:
        id_ = name.title().replace("-", "")
        parts |= {id_: function(f"{text}, {name}"), f"{id_}Live": alias(id_, name)}
        parts |= http_api(f"{id_}Http", f"{id_}Live")
    origins = [origin(name, ref(f"{name.title().replace('-', '')}Http")) for name in shares]
    call = {"EventType": "viewer-request", "FunctionARN": {"Fn::GetAtt": ["Edge", "FunctionARN"]}}
    site = distribution(
        *origins,
        origin("backend", ref("BackendHttp")),
        partitions={name: name for name in shares},
        shares=shares,
        DefaultCacheBehavior=behavior("regular", FunctionAssociations=[call]),
        CacheBehaviors=[behavior("backend", PathPattern="/backend/*")],
    )
    return {**parts, "Edge": _edge(shares), "Site": site}


def _edge(shares: dict[str, float]) -> dict[str, Any]:
    """An edge function that reads the bucket from the query, as in `?5`, and has the configuration of the library's."""
    config = json.dumps({"partitions": list(shares), "bounds": bounds_of(shares)})
    code = f"""import cf from 'cloudfront';
const oneBoxConfig = {config};
function oneBoxDecide(request) {{
    const bucket = Number(Object.keys(request.querystring)[0]);
    const place = oneBoxConfig.bounds.findIndex((bound) => bound > bucket);
    return {{ bucket, partition: oneBoxConfig.partitions[place < 0 ? oneBoxConfig.bounds.length : place] }};
}}
function handler(event) {{
    const {{ partition }} = oneBoxDecide(event.request);
    event.request.headers['{PARTITION_HEADER.lower()}'] = {{ value: partition }};
    cf.selectRequestOriginById(partition);
    return event.request;
}}
"""
    role = {"EdgeFunction": "viewer-request", "Shares": shares, "Origins": {name: name for name in shares}}
    return {**body_of("CloudFront::Function", FunctionCode=code), "Metadata": {"ProdOneBox": role}}
