"""The events that edge code is given say what AWS's documentation says of them."""

from prod_one_box.http_message import HttpRequest, HttpResponse
from prod_one_box.sandbox.edge_events import cloudfront_event, lambda_edge_event

REQUEST = HttpRequest(address="10.0.0.1", fields=(("user-agent", "Browser"),))
FIELDS = {"distributionDomainName", "distributionId", "eventType", "requestId"}


def contexts(request: HttpRequest, request_id: str | None = None) -> list[dict]:
    events = [
        cloudfront_event("viewer-request", request, request_id=request_id),
        cloudfront_event("viewer-response", request, HttpResponse(status=200), request_id=request_id),
    ]
    at_lambda = lambda_edge_event("origin-request", request, request_id=request_id)
    return [*(event["context"] for event in events), at_lambda["Records"][0]["cf"]["config"]]


def test_the_context_has_every_field_that_a_standard_distributions_has():
    for context in contexts(REQUEST):
        assert context.keys() == FIELDS
        assert all(isinstance(value, str) and value for value in context.values())
    assert [context["eventType"] for context in contexts(REQUEST)] == [
        "viewer-request",
        "viewer-response",
        "origin-request",
    ]


def test_the_events_of_one_request_have_one_id_and_those_of_another_another():
    one, other = REQUEST, HttpRequest(address="10.0.0.2", fields=REQUEST.fields)
    ids = [{context["requestId"] for context in contexts(request)} for request in (one, other, one)]
    assert [len(each) for each in ids] == [1, 1, 1]
    assert ids[0] == ids[2] != ids[1]


def test_whoever_knows_a_requests_id_can_say_it():
    assert {context["requestId"] for context in contexts(REQUEST, "abc")} == {"abc"}
