"""Finds the partitions that viewer-request chooses for requests, following the redirects it answers."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final, NamedTuple, cast

from ...http_message import Fields, HttpRequest
from ...sandbox.edge_events import (
    cloudfront_request,
    cloudfront_response,
    lambda_edge_request,
    lambda_edge_response,
)
from ...sandbox.edge_headers import broken_restriction, restricted_headers
from ...template.cloud_assembly import AssemblyError
from ...template.edge_functions import EdgeFunction
from ...vocabulary import PARTITION_HEADER
from .page_request import SiteNames
from .parties import Growing, Party, run_edge_function

_HEADER: Final = PARTITION_HEADER.lower()
_REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})
_MOST_REDIRECTS: Final = 20
"""Browsers give up then (Fetch standard, "HTTP-redirect fetch")."""


class Arrival(NamedTuple):
    """The outcome of a visitor's request; visitors share equal outcomes.

    Attributes:
        partition: The partition that it reached; None if the edge answered it.
        answer: The edge's answer, as text; "" if the request reached a partition.
    """

    partition: str | None
    answer: str


class Arrivals(NamedTuple):
    """The outcomes of visitors' requests.

    Attributes:
        of: For each visitor, by their number, the outcome.
        parties: The visitors by the last request that they sent, after any redirects.
    """

    of: list[Arrival]
    parties: list[Party]


def arrivals(function: EdgeFunction, parties: Sequence[Party], site: SiteNames) -> Arrivals:
    """Send requests through viewer-request, following redirects to the same site, and return their outcomes.

    The visitors of all parties have the numbers from 0 on.

    Raises:
        AssemblyError: If the function throws, passes a request on without naming a partition, or changes restricted
            headers.
    """
    outcomes = [Arrival(None, "")] * sum(len(each.numbers) for each in parties)
    pick = _pick(function)
    last: list[Party] = []
    for _ in range(_MOST_REDIRECTS + 1):
        redirected = Growing()
        for party, answers in zip(parties, run_edge_function(function, parties, pick), strict=True):
            steps = [_step(function, party, cast("dict[str, object]", each.result), site) for each in answers.distinct]
            stays = []
            for index, (number, answer) in enumerate(zip(party.numbers, answers.of, strict=True)):
                outcomes[number], redirect = steps[answer]
                if redirect:
                    redirected.add(party, index, *redirect)
                else:
                    stays.append(index)
            last.extend(_only(party, stays))
        parties = redirected.parties()
        if not parties:
            break
    return Arrivals(outcomes, [*last, *parties])


def _only(party: Party, indexes: Sequence[int]) -> Iterator[Party]:
    """Yield the part of a party at some indexes, if it is not empty."""
    if len(indexes) == len(party.numbers):
        yield party
    elif indexes:
        numbers = [party.numbers[index] for index in indexes]
        yield replace(party, numbers=numbers, rows=[party.rows[index] for index in indexes])


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


def _step(
    function: EdgeFunction, party: Party, result: dict[str, object], site: SiteNames
) -> tuple[Arrival, tuple[HttpRequest, dict[str, str]] | None]:
    """Return the outcome of a result, and the request that follows a redirect to the same site, with its new cookies.

    The outcome applies even to a redirect, if there are too many.
    """
    sent = party.request
    if not (result.get("statusCode") or result.get("status")):
        read = lambda_edge_request if function.at_lambda else cloudfront_request
        changed = read(result, sent)
        refuse_restricted(function, sent.fields, changed.fields)
        named = changed.values(_HEADER)
        if not named:
            raise AssemblyError(f"{function.logical_id} lets {site.url(sent)} pass without naming a partition")
        return Arrival(named[0], ""), None
    response = (lambda_edge_response if function.at_lambda else cloudfront_response)(result)
    refuse_restricted(function, (), response.fields)
    location = next(iter(response.values("location")), "")
    target = site.redirected(sent, location) if location and response.status in _REDIRECTS else None
    if target is None:
        leads = f" to {location}" if location else ""
        return Arrival(None, f"{site.url(sent)} with {response.status}{leads}"), None
    cookies = dict(map(cookie_pair, response.values("set-cookie")))
    return Arrival(None, f"{site.url(sent)} with redirects that never end"), (target, cookies)


def cookie_pair(line: str) -> tuple[str, str]:
    """Return the name and the value of a cookie in `Set-Cookie` or `Cookie`."""
    name, _, value = line.partition(";")[0].partition("=")
    return name, value
