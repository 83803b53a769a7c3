"""Which function answers a request to an API."""

import pytest

from preview.sites import at, get, resource, site_with
from prod_one_box.preview.origins.api_routes import find_target


def function(name: str) -> dict:
    return {name: resource(name, "AWS::Lambda::Function", {})}


def http_api(**routes: str) -> dict:
    """An HTTP API with a function for each route key; its stage is `$default`."""
    resources = {
        "Api": resource("Api", "AWS::ApiGatewayV2::Api", {}),
        "Stage": resource("Stage", "AWS::ApiGatewayV2::Stage", {"ApiId": {"Ref": "Api"}, "StageName": "$default"}),
    }
    for name, key in routes.items():
        uri = {"Fn::GetAtt": [name, "Arn"]}
        target = {"Fn::Join": ["", ["integrations/", {"Ref": f"To{name}"}]]}
        resources |= {
            f"To{name}": resource(f"To{name}", "AWS::ApiGatewayV2::Integration", {"IntegrationUri": uri}),
            f"At{name}": resource(
                f"At{name}", "AWS::ApiGatewayV2::Route", {"ApiId": {"Ref": "Api"}, "RouteKey": key, "Target": target}
            ),
            **function(name),
        }
    return resources


def rest_api() -> dict:
    """A REST API with `GET /orders`, `ANY /orders/{id}` and `ANY /{proxy+}` at the stage `prod`."""
    api = {"Ref": "Api"}
    root = {"Fn::GetAtt": ["Api", "RootResourceId"]}
    tree = {"Orders": (root, "orders"), "Order": ({"Ref": "Orders"}, "{id}"), "Rest": (root, "{proxy+}")}
    methods = {"List": ("Orders", "GET"), "One": ("Order", "ANY"), "Any": ("Rest", "ANY")}
    resources = {
        "Api": resource("Api", "AWS::ApiGateway::RestApi", {}),
        "Stage": resource("Stage", "AWS::ApiGateway::Stage", {"RestApiId": api, "StageName": "prod"}),
    }
    for name, (parent, part) in tree.items():
        said = {"RestApiId": api, "ParentId": parent, "PathPart": part}
        resources[name] = resource(name, "AWS::ApiGateway::Resource", said)
    for name, (place, method) in methods.items():
        uri = {"Fn::Join": ["", ["arn:", {"Fn::GetAtt": [f"{name}Function", "Arn"]}, "/invocations"]]}
        said = {"RestApiId": api, "ResourceId": {"Ref": place}, "HttpMethod": method, "Integration": {"Uri": uri}}
        resources |= {f"{name}Method": resource(f"{name}Method", "AWS::ApiGateway::Method", said)}
        resources |= function(f"{name}Function")
    return resources


def target(resources: dict, path: str, method: str = "GET"):
    request = get(path)
    return find_target(site_with(resources), at("Api"), type(request)(address="", method=method, path=path))


@pytest.mark.parametrize(
    ("method", "path", "expected"),
    [
        ("GET", "/", "Default"),
        ("GET", "/elsewhere", "Default"),
        ("GET", "/orders", "List"),
        ("POST", "/orders", "Default"),
        ("GET", "/orders/1", "One"),
        ("GET", "/orders/latest", "Latest"),
        ("GET", "/orders/1/2", "Proxy"),
        ("GET", "/items", "Items"),
        ("PUT", "/items", "AnyItems"),
    ],
)
def test_an_http_api_chooses_the_most_specific_route(method, path, expected):
    routes = {
        "Default": "$default",
        "List": "GET /orders",
        "One": "ANY /orders/{id}",
        "Latest": "ANY /orders/latest",
        "Proxy": "ANY /orders/{proxy+}",
        "AnyItems": "ANY /items",
        "Items": "GET /items",
    }
    assert target(http_api(**routes), path, method).place == at(expected)


@pytest.mark.parametrize(
    ("method", "path", "expected", "parameters"),
    [
        ("GET", "/prod/orders", "ListFunction", {}),
        ("GET", "/prod/orders/a%20b", "OneFunction", {"id": "a b"}),
        ("GET", "/prod/x/y", "AnyFunction", {"proxy": "x/y"}),
    ],
)
def test_a_rest_api_removes_its_stage_from_the_path(method, path, expected, parameters):
    found = target(rest_api(), path, method)
    assert (found.place, found.route.parameters) == (at(expected), parameters)
    assert found.route.path == path.removeprefix("/prod")


def test_a_request_without_a_matching_route_has_no_target():
    assert target(http_api(List="GET /orders"), "/orders", "POST") is None
    assert target(rest_api(), "/test/orders") is None
    assert target(rest_api(), "/prod/") is None
