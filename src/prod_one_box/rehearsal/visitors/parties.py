"""Visitors whose requests differ in a few values only, and what the edge code returns for them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, NamedTuple, cast

from ...http_message import HttpRequest, HttpResponse, cookie_pairs, without
from ...sandbox.edge_events import cloudfront_event, hash_of, lambda_edge_event
from ...sandbox.edge_runner import REQUEST_ID, SimilarAnswers, SimilarEvents, run_similar, slot
from ...template.cloud_assembly import AssemblyError
from ...template.edge_functions import EdgeFunction
from .page_request import SiteNames

_RESPONSE: Final = HttpResponse(status=200)


class Visitor(NamedTuple):
    """A browser with its IP address and its `User-Agent`."""

    address: str
    agent: str


@dataclass(frozen=True, kw_only=True)
class Party:
    """Visitors whose requests differ in a few values only.

    Attributes:
        request: The request, with a slot for each value that differs.
        numbers: The visitors' numbers.
        rows: For each visitor, the values of the slots.
        cookies: The names of the cookies whose values are the last ones of each row; default: none.
    """

    request: HttpRequest
    numbers: Sequence[int]
    rows: Sequence[tuple[str, ...]]
    cookies: tuple[str, ...] = ()


def party_of(site: SiteNames, numbers: Sequence[int], visitors: Sequence[Visitor]) -> Party:
    """Return visitors of a site who send no cookies of their own."""
    return Party(request=site.request(slot(0), slot(1), {}), numbers=numbers, rows=visitors)


def parties_with_cookies(
    site: SiteNames, visitors: Sequence[Visitor], jars: Sequence[Mapping[str, str]]
) -> list[Party]:
    """Return the visitors of a site, numbered from 0, who send the cookies of their jars."""
    by_names: dict[tuple[str, ...], list[int]] = {}
    for number, jar in enumerate(jars):
        by_names.setdefault(tuple(jar), []).append(number)
    return [
        Party(
            request=site.request(slot(0), slot(1), {name: slot(place) for place, name in enumerate(names, 2)}),
            numbers=numbers,
            rows=[(*visitors[number], *jars[number].values()) for number in numbers],
            cookies=names,
        )
        for names, numbers in by_names.items()
    ]


class Growing:
    """Parties that grow visitor by visitor, after a redirect that sets cookies."""

    def __init__(self) -> None:
        """Start without visitors."""
        self._grown: dict[tuple[HttpRequest, tuple[str, ...]], Party] = {}

    def add(self, party: Party, index: int, target: HttpRequest, cookies: Mapping[str, str]) -> None:
        """Add the visitor at an index of a party, who follows a redirect to `target` with further cookies."""
        row, names = party.rows[index], party.cookies
        first = len(row) - len(names)
        jar = {**dict(zip(names, row[first:], strict=True)), **cookies}
        if cookies:
            pairs = dict(cookie_pairs(target.values("cookie")))
            pairs |= {name: slot(place) for place, name in enumerate(jar, first)}
            line = "; ".join(f"{name}={value}" for name, value in pairs.items())
            target = replace(target, fields=(*without(target.fields, ["cookie"]), ("cookie", line)))
        key = target, tuple(jar)
        grown = self._grown.setdefault(key, Party(request=target, numbers=[], rows=[], cookies=tuple(jar)))
        cast("list[int]", grown.numbers).append(party.numbers[index])
        cast("list[tuple[str, ...]]", grown.rows).append((*row[:first], *jar.values()))

    def parties(self) -> list[Party]:
        """Return the parties."""
        return list(self._grown.values())


def run_edge_function(function: EdgeFunction, parties: Sequence[Party], pick: str) -> list[SimilarAnswers]:
    """Run an edge function on requests, or on 200 responses to them, and return the results for each party.

    Of each result, only what `pick` selects is returned, a JavaScript expression.

    Raises:
        AssemblyError: If the function throws, or returns neither a request nor a response.
    """
    build = lambda_edge_event if function.at_lambda else cloudfront_event
    response = _RESPONSE if function.event.endswith("-response") else None
    events = [
        SimilarEvents(
            event=build(function.event, each.request, response, request_id=f"{hash_of(each.request)[:16]}{REQUEST_ID}"),
            rows=each.rows,
        )
        for each in parties
    ]
    found = run_similar(function.code, events, pick=pick, at_lambda=function.at_lambda)
    for answer in (answer for each in found for answer in each.distinct):
        if answer.error:
            raise AssemblyError(f"{function.logical_id} threw {answer.error}")
        if not isinstance(answer.result, dict):
            # CloudFront developer guide, "HTTP 502 status code (Bad Gateway)": Lambda validation error,
            # CloudFront function validation error.
            shown = "nothing" if answer.result is None else repr(answer.result)
            raise AssemblyError(
                f"{function.logical_id} returned {shown}, not a request or a response, which fails validation: "
                "CloudFront answers 502 to its visitors. Let the handler return event.request, or the response"
            )
    return found
