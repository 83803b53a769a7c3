"""Finds the partitions that viewer-request chooses for requests, following the redirects it answers."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final, cast

from ...http_message import Fields, HttpRequest, HttpResponse, cookie_pairs, without
from ...sandbox.edge_events import (
    cloudfront_event,
    cloudfront_request,
    cloudfront_response,
    lambda_edge_event,
    lambda_edge_request,
    lambda_edge_response,
)
from ...sandbox.edge_headers import broken_restriction, restricted_headers
from ...sandbox.edge_runner import run_batch
from ...template.cloud_assembly import AssemblyError
from ...template.edge_functions import EdgeFunction
from ...vocabulary import PARTITION_HEADER
from .page_request import SiteNames

_HEADER: Final = PARTITION_HEADER.lower()
_RESPONSE: Final = HttpResponse(status=200)
_REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})
_MOST_REDIRECTS: Final = 20
"""Browsers give up then (Fetch standard, "HTTP-redirect fetch")."""


@dataclass(frozen=True, kw_only=True)
class Arrival:
    """The outcome of a visitor's request.

    Attributes:
        request: The last request, after any redirects.
        partition: The partition that it reached; None if the edge answered it.
        answer: The edge's answer, as text; "" if the request reached a partition.
        cookies: The cookies that redirects set, by name.
    """

    request: HttpRequest
    partition: str | None
    answer: str
    cookies: dict[str, str]


def arrivals(function: EdgeFunction, requests: Sequence[HttpRequest], site: SiteNames) -> list[Arrival]:
    """Send requests through viewer-request, following redirects to the same site, and return their outcomes.

    Raises:
        AssemblyError: If the function throws, passes a request on without naming a partition, or changes restricted
            headers.
    """
    outcomes = [Arrival(request=each, partition=None, answer="", cookies={}) for each in requests]
    pick = _pick(function)
    pending = list(range(len(requests)))
    for _ in range(_MOST_REDIRECTS + 1):
        results = run_edge_function(function, [outcomes[number].request for number in pending], pick)
        still_pending = []
        for number, result in zip(pending, results, strict=True):
            outcomes[number], is_redirected = _step(function, outcomes[number], result, site)
            if is_redirected:
                still_pending.append(number)
        pending = still_pending
        if not pending:
            break
    return outcomes


def check_any_arrives(function: EdgeFunction, visitors: int, answers: Counter[str]) -> None:
    """Raise an AssemblyError if the edge answered every visitor itself."""
    if visitors and answers.total() == visitors:
        raise AssemblyError(
            f"no visitor reaches a partition: {function.logical_id} answers {'; '.join(most_common(answers)[:3])}; "
            "ask for another page with --host, --path or --header NAME:VALUE"
        )


def most_common(answers: Counter[str]) -> list[str]:
    """Return the distinct answers of the edge, the most frequent first."""
    return [answer for answer, _ in answers.most_common()]


def run_edge_function(function: EdgeFunction, requests: Sequence[HttpRequest], pick: str) -> list[dict[str, object]]:
    """Run an edge function on requests, or on 200 responses to them, and return the results.

    Of each result, only what `pick` selects is returned, a JavaScript expression.

    Raises:
        AssemblyError: If the function throws, or returns neither a request nor a response.
    """
    build = lambda_edge_event if function.at_lambda else cloudfront_event
    response = _RESPONSE if function.event.endswith("-response") else None
    events = (build(function.event, request, response) for request in requests)
    answers = run_batch(function.code, events, pick=pick, at_lambda=function.at_lambda)
    failed = next((answer.error for answer in answers if answer.error), None)
    if failed:
        raise AssemblyError(f"{function.logical_id} threw {failed}")
    returned = next((answer.result for answer in answers if not isinstance(answer.result, dict)), {})
    if not isinstance(returned, dict):
        # CloudFront developer guide, "HTTP 502 status code (Bad Gateway)": Lambda validation error, and the functions'.
        shown = "nothing" if returned is None else repr(returned)
        raise AssemblyError(
            f"{function.logical_id} returned {shown}, not a request or a response, which fails validation: "
            "CloudFront answers 502 to its visitors. Let the handler return event.request, or the response"
        )
    return [cast("dict[str, object]", answer.result) for answer in answers]


def picked_headers(function: EdgeFunction, *names: str) -> str:
    """Return a JavaScript object member that picks a result's restricted headers and those named, in lower case."""
    pattern = restricted_headers(function.event, at_lambda=function.at_lambda).pattern
    wanted = f"/^({'|'.join(names)})$/.test(name.toLowerCase()) || /{pattern}/.test(name.toLowerCase())"
    return f"headers: Object.fromEntries(Object.entries(result.headers || {{}}).filter(([name]) => {wanted}))"


def refuse_restricted(function: EdgeFunction, before: Fields, after: Fields) -> None:
    """Raise an AssemblyError if a function changed a restricted header, to which CloudFront answers 502."""
    broken = broken_restriction(function.event, before, after, at_lambda=function.at_lambda)
    if broken:
        raise AssemblyError(f"{function.logical_id}: {broken}; CloudFront answers 502 to its visitors")


def _pick(function: EdgeFunction) -> str:
    """Return the part of a viewer-request result that is needed."""
    if function.at_lambda:
        return f"{{ {picked_headers(function, _HEADER, 'location', 'set-cookie')}, status: result.status }}"
    cookies = "cookies: result.statusCode ? result.cookies : undefined"
    return f"{{ {picked_headers(function, _HEADER, 'location')}, statusCode: result.statusCode, {cookies} }}"


def _step(function: EdgeFunction, arrival: Arrival, result: dict[str, object], site: SiteNames) -> tuple[Arrival, bool]:
    """Return the arrival after a result of the function, and whether it redirects to the same site."""
    sent = arrival.request
    if not (result.get("statusCode") or result.get("status")):
        read = lambda_edge_request if function.at_lambda else cloudfront_request
        changed = read(result, sent)
        refuse_restricted(function, sent.fields, changed.fields)
        named = changed.values(_HEADER)
        if not named:
            raise AssemblyError(f"{function.logical_id} lets {site.url(sent)} pass without naming a partition")
        return replace(arrival, partition=named[0], answer=""), False
    response = (lambda_edge_response if function.at_lambda else cloudfront_response)(result)
    refuse_restricted(function, (), response.fields)
    location = next(iter(response.values("location")), "")
    target = site.redirected(sent, location) if location and response.status in _REDIRECTS else None
    if target is None:
        leads = f" to {location}" if location else ""
        return replace(arrival, answer=f"{site.url(sent)} with {response.status}{leads}"), False
    return _redirected(arrival, target, dict(map(cookie_pair, response.values("set-cookie"))), site), True


def _redirected(arrival: Arrival, request: HttpRequest, cookies: dict[str, str], site: SiteNames) -> Arrival:
    """Return the arrival after a redirect; its answer applies if the redirects never end."""
    if cookies:
        jar = dict(cookie_pairs(request.values("cookie"))) | cookies
        line = "; ".join(f"{name}={value}" for name, value in jar.items())
        request = replace(request, fields=(*without(request.fields, ["cookie"]), ("cookie", line)))
    return replace(
        arrival,
        request=request,
        answer=f"{site.url(arrival.request)} with redirects that never end",
        cookies={**arrival.cookies, **cookies},
    )


def cookie_pair(line: str) -> tuple[str, str]:
    """Return the name and the value of a cookie in `Set-Cookie` or `Cookie`."""
    name, _, value = line.partition(";")[0].partition("=")
    return name, value
