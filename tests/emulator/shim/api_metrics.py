"""HTTP and REST APIs publish their requests, errors and latency.

The emulator publishes no `AWS/ApiGateway` metrics. AWS publishes `Count`, `4xx`, `5xx` and `Latency` of an HTTP API by
`ApiId` (API Gateway developer guide, "Monitoring HTTP API metrics with CloudWatch"), and `Count`, `4XXError`,
`5XXError` and `Latency` of a REST API by `ApiName`, and by `ApiName` and `Stage` ("Amazon API Gateway dimensions and
metrics").
"""

import time

from ministack.services import apigateway, apigateway_v1, cloudwatch


def close() -> None:
    _measure(apigateway, lambda api_id, _stage: [{"ApiId": api_id}], client="4xx", server="5xx")
    _measure(apigateway_v1, _rest_dimensions, client="4XXError", server="5XXError")


def _rest_dimensions(api_id, stage):
    name = (apigateway_v1._rest_apis.get(api_id) or {}).get("name", api_id)
    return [{"ApiName": name}, {"ApiName": name, "Stage": stage}]


def _measure(module, dimensions_of, *, client, server):
    answer = module._handle_execute_in_scope

    async def handle(api_id, *args, **named):
        began = time.time()
        response = await answer(api_id, *args, **named)
        milliseconds = (time.time() - began) * 1000
        for dimensions in dimensions_of(api_id, args[0] if args else ""):
            record = _recorder(dimensions)
            record("Count", 1, "Count")
            record(client, int(400 <= response[0] < 500), "Count")
            record(server, int(response[0] >= 500), "Count")
            record("Latency", milliseconds, "Milliseconds")
        return response

    module._handle_execute_in_scope = handle


def _recorder(dimensions):
    return lambda name, value, unit: cloudwatch.record_metric("AWS/ApiGateway", name, value, unit, dimensions)
