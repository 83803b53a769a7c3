"""Where visitors arrive: the partition that viewer-request names, after the redirects that it answers itself."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final, NamedTuple, cast

from ...http_message import Fields, HttpRequest, HttpResponse, without
from ...sandbox.edge_batch import EdgeEngine, Engine
from ...sandbox.edge_events import (
    cloudfront_event,
    cloudfront_request,
    cloudfront_response,
    lambda_edge_event,
    lambda_edge_request,
    lambda_edge_response,
)
from ...sandbox.edge_headers import broken_restriction, restricted_headers
from ...template.cloud_assembly import AssemblyError
from ...template.edge_functions import EdgeFunction
from ...vocabulary import PARTITION_HEADER
from .page_request import SiteNames

_HEADER: Final = PARTITION_HEADER.lower()
_ORDINARY: Final = HttpResponse(status=200)
_REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})
_MOST_REDIRECTS: Final = 20
"""Browsers give up after so many (Fetch standard, "HTTP-redirect fetch")."""


@dataclass(frozen=True, kw_only=True)
class Arrival:
    """What became of a visitor's request.

    Attributes:
        request: The last request, after any redirects.
        partition: The partition that it reached; None if the edge answered it.
        answer: What the edge answered, for people; "" if it reached a partition.
        cookies: The cookies that redirects set on the way, by name.
    """

    request: HttpRequest
    partition: str | None
    answer: str
    cookies: dict[str, str]


class _Redirect(NamedTuple):
    """A redirect to the same site, with the cookies that it sets."""

    request: HttpRequest
    cookies: dict[str, str]


def arrivals(function: EdgeFunction, requests: Sequence[HttpRequest], site: SiteNames) -> list[Arrival]:
    """Sends requests through viewer-request, and follows the redirects that lead to the same site.

    Args:
        function: The viewer-request function.
        requests: The requests.
        site: The names of the site.

    Returns:
        An arrival for each request.

    Raises:
        AssemblyError: If the function throws, lets a request pass without naming a partition, or changes headers that
            it must leave alone.
    """
    found = [Arrival(request=each, partition=None, answer="", cookies={}) for each in requests]
    pick = _pick(function)
    waiting = list(range(len(requests)))
    for _ in range(_MOST_REDIRECTS + 1):
        results = run(function, [found[number].request for number in waiting], pick)
        steps = [
            (number, _step(function, found[number], each, site)) for number, each in zip(waiting, results, strict=True)
        ]
        waiting = [number for number, step in steps if isinstance(step, _Redirect)]
        for number, step in steps:
            found[number] = _followed(found[number], step, site) if isinstance(step, _Redirect) else step
        if not waiting:
            break
    return found


def answered(found: Sequence[Arrival]) -> list[str]:
    """What the edge answered itself, each answer once, the most frequent first.

    Args:
        found: The arrivals.
    """
    return [answer for answer, _ in Counter(each.answer for each in found if each.answer).most_common()]


def check_somebody_arrives(function: EdgeFunction, found: Sequence[Arrival]) -> None:
    """Raise unless a visitor reaches a partition.

    Raises:
        AssemblyError: If the edge answers every request itself.
    """
    if found and all(each.answer for each in found):
        raise AssemblyError(
            f"no visitor reaches a partition: {function.logical_id} answers {'; '.join(answered(found)[:3])}; "
            "ask for another page with --host, --path or --header NAME:VALUE"
        )


def run(function: EdgeFunction, requests: Sequence[HttpRequest], pick: str) -> list[dict[str, object]]:
    """Runs an edge function on requests, or on ordinary answers to them.

    Args:
        function: The function.
        requests: The requests.
        pick: What to keep of each result, as a JavaScript expression.

    Raises:
        AssemblyError: If the function throws, or returns neither a request nor a response.
    """
    build = lambda_edge_event if function.at_lambda else cloudfront_event
    response = _ORDINARY if function.event.endswith("-response") else None
    events = (build(function.event, request, response) for request in requests)
    answers = EdgeEngine(function.code, engine=Engine.NODE, pick=pick, at_lambda=function.at_lambda).run(events)
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
    """The part of a result that holds some headers, and those that the function must leave alone.

    Args:
        function: The function.
        names: The names of the headers, in lower case.

    Returns:
        A part of a JavaScript object.
    """
    pattern = restricted_headers(function.event, at_lambda=function.at_lambda).pattern
    wanted = f"/^({'|'.join(names)})$/.test(name.toLowerCase()) || /{pattern}/.test(name.toLowerCase())"
    return f"headers: Object.fromEntries(Object.entries(result.headers || {{}}).filter(([name]) => {wanted}))"


def refuse_restricted(function: EdgeFunction, before: Fields, after: Fields) -> None:
    """Raise if CloudFront answers 502 to a result.

    Args:
        function: The function.
        before: The headers that it was given; none for an answer of its own.
        after: The headers that it returned.

    Raises:
        AssemblyError: If it changed a header that it must leave alone.
    """
    broken = broken_restriction(function.event, before, after, at_lambda=function.at_lambda)
    if broken:
        raise AssemblyError(f"{function.logical_id}: {broken}; CloudFront answers 502 to its visitors")


def _pick(function: EdgeFunction) -> str:
    """What is kept of a result of viewer-request."""
    if function.at_lambda:
        return f"{{ {picked_headers(function, _HEADER, 'location', 'set-cookie')}, status: result.status }}"
    cookies = "cookies: result.statusCode ? result.cookies : undefined"
    return f"{{ {picked_headers(function, _HEADER, 'location')}, statusCode: result.statusCode, {cookies} }}"


def _step(
    function: EdgeFunction, arrival: Arrival, result: dict[str, object], site: SiteNames
) -> "Arrival | _Redirect":
    """What a result comes to: an arrival, or a redirect to follow."""
    sent = arrival.request
    if not (result.get("statusCode") or result.get("status")):
        read = lambda_edge_request if function.at_lambda else cloudfront_request
        changed = read(result, sent)
        refuse_restricted(function, sent.fields, changed.fields)
        named = changed.values(_HEADER)
        if not named:
            raise AssemblyError(f"{function.logical_id} lets {site.url(sent)} pass without naming a partition")
        return replace(arrival, partition=named[0], answer="")
    response = (lambda_edge_response if function.at_lambda else cloudfront_response)(result)
    refuse_restricted(function, (), response.fields)
    location = next(iter(response.values("location")), "")
    target = site.redirected(sent, location) if location and response.status in _REDIRECTS else None
    if target is None:
        leads = f" to {location}" if location else ""
        return replace(arrival, answer=f"{site.url(sent)} with {response.status}{leads}")
    return _Redirect(target, dict(map(pair, response.values("set-cookie"))))


def _followed(arrival: Arrival, redirect: _Redirect, site: SiteNames) -> Arrival:
    """The visitor, on the way to where a redirect leads; should that never end, its answer says so."""
    request = redirect.request
    if redirect.cookies:
        kept = [line for line in request.values("cookie") if pair(line)[0] not in redirect.cookies]
        lines = [*kept, *(f"{name}={value}" for name, value in redirect.cookies.items())]
        request = replace(request, fields=(*without(request.fields, ["cookie"]), *(("cookie", each) for each in lines)))
    return replace(
        arrival,
        request=request,
        answer=f"{site.url(arrival.request)} with redirects that never end",
        cookies={**arrival.cookies, **redirect.cookies},
    )


def pair(line: str) -> tuple[str, str]:
    """The name and the value of a cookie, as `Set-Cookie` and `Cookie` write it."""
    name, _, value = line.partition(";")[0].partition("=")
    return name, value
