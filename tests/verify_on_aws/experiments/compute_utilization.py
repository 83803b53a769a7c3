"""How much of CloudFront Functions' allowed time do the edge's two functions take?

There is a "maximum allowed time", of which `ComputeUtilization` is a percentage (CloudFront API reference,
"TestResult"); AWS publishes no number, and engines on a desk say nothing of CloudFront's clock. It is the one row of
docs/unverified.md whose answer matters. Each function is tested with a visitor who has a cookie and one who has none,
several times, since the percentage varies from test to test.
"""

import json
from typing import Any

from verify_on_aws.account_run import AccountRun
from verify_on_aws.answer import Answer

_TIMES = 10
_EVENTS = {"ViewerRequest": "viewer-request", "ViewerResponse": "viewer-response"}
_COOKIES = {"without a cookie": {}, "with a cookie": {"__Host-one-box-bucket": {"value": "1234"}}}


def ask(run: AccountRun) -> Answer:
    functions = _functions(run)
    assert set(functions) == set(_EVENTS), f"found the functions {sorted(functions)}"
    evidence = {
        f"{event}, {visitor}": _utilizations(run, functions[event], _event(_EVENTS[event], cookies))
        for event in _EVENTS
        for visitor, cookies in _COOKIES.items()
    }
    highest = max(max(each) for each in evidence.values())
    return Answer(f"The highest compute utilization of {_TIMES} tests each was {highest} of 100.", evidence)


def _functions(run: AccountRun) -> dict[str, str]:
    """The names of the site's functions, by the construct's id in their logical ids."""
    pages = run.aws.cloudformation.get_paginator("list_stack_resources").paginate(StackName=run.site().stack_name)
    return {
        event: each["PhysicalResourceId"].rpartition("/")[2]
        for page in pages
        for each in page["StackResourceSummaries"]
        if each["ResourceType"] == "AWS::CloudFront::Function"
        for event in _EVENTS
        if event in each["LogicalResourceId"]
    }


def _utilizations(run: AccountRun, name: str, event: dict[str, Any]) -> list[int]:
    client = run.aws.client("cloudfront")
    etag = client.describe_function(Name=name, Stage="LIVE")["ETag"]
    found = []
    for _ in range(_TIMES):
        answered = client.test_function(Name=name, IfMatch=etag, Stage="LIVE", EventObject=json.dumps(event).encode())
        result = answered["TestResult"]
        assert not result.get("FunctionErrorMessage"), result["FunctionErrorMessage"]
        found.append(int(result["ComputeUtilization"]))
    return found


def _event(event_type: str, cookies: dict[str, Any]) -> dict[str, Any]:
    """CloudFront developer guide, "CloudFront Functions event structure"."""
    request = {
        "method": "GET",
        "uri": "/",
        "querystring": {},
        "headers": {
            "host": {"value": "d111111abcdef8.cloudfront.net"},
            "user-agent": {"value": "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/142.0 Safari/537.36"},
        },
        "cookies": cookies,
    }
    response = {"statusCode": 200, "statusDescription": "OK", "headers": {}, "cookies": {}}
    return {
        "version": "1.0",
        "context": {
            "distributionDomainName": "d111111abcdef8.cloudfront.net",
            "distributionId": "EDFDVBD6EXAMPLE",
            "eventType": event_type,
            "requestId": "4TyzHTaYWb1GX1qTfsHhEqV6HUDd_BzoBZnwfnvQc_1oF26ClkoUSEQ==",
        },
        "viewer": {"ip": "198.51.100.11"},
        "request": request,
        **({"response": response} if event_type == "viewer-response" else {}),
    }
