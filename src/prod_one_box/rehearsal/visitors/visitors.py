"""Sends visitors through an assembly's edge code and counts where they arrive."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, cast

from ...assembly.chosen_distribution import distribution_called, distributions_of, only_one
from ...assembly.cloud_assembly import AssemblyError, StackTemplate
from ...assembly.cloudfront_event import cloudfront_event, cloudfront_request, cloudfront_response
from ...assembly.confined_node import EngineMissingError
from ...assembly.distributions import distributions
from ...assembly.edge_engine import EdgeEngine, Engine
from ...assembly.edge_functions import EdgeFunction, edge_functions, functions_of
from ...assembly.edge_headers import broken_restriction, restricted_headers
from ...assembly.http_message import Fields, HttpRequest, HttpResponse
from ...assembly.lambda_edge_event import lambda_edge_event, lambda_edge_request, lambda_edge_response
from ...assembly.links import Links
from ...assembly.stack_names import stacks_called
from ...vocabulary import ONE_BOX, PARTITION_HEADER

_HEADER: Final = PARTITION_HEADER.lower()
_ORDINARY: Final = HttpResponse(status=200)
_AT_ONCE: Final = 20_000  # all at once would fill half a gigabyte, and nobody would see how far it is


@dataclass(frozen=True, kw_only=True)
class Visitor:
    """A browser with its cookies.

    Attributes:
        address: Its IP address.
        agent: Its `User-Agent`.
        cookies: Its cookies by name.
    """

    address: str
    agent: str
    cookies: dict[str, str]


@dataclass(frozen=True, kw_only=True)
class Split:
    """What became of the visitors.

    Attributes:
        visitors: How many there were.
        one_box: How many reached the one-box.
        moved: How many reached another partition on their second visit.
        share: The percentage that the one-box was to get.
        function: The viewer-request function's logical id.
        engine: What ran it.
    """

    visitors: int
    one_box: int
    moved: int
    share: float
    function: str
    engine: str


def send_visitors(
    stacks: Sequence[StackTemplate],
    count: int,
    *,
    stack: str | None = None,
    distribution: str | None = None,
    progress: Callable[[int], None] = lambda _sent: None,
) -> Split:
    """Sends visitors of different addresses through the edge twice; the second time with the cookies they got.

    Args:
        stacks: The assembly's stacks.
        count: How many visitors.
        stack: The name of the stack whose visitors they are; default: None, which means all stacks.
        distribution: The distribution's name; default: None, which means the only one.
        progress: Told how many were sent, again and again; default: nobody is.

    Raises:
        AssemblyError: If the assembly's edge code cannot be found or run, or is that of several distributions.
    """
    functions = _edge(stacks, stack, distribution)
    one_box = moved = 0
    for begin in range(0, count, _AT_ONCE):
        progress(begin)
        first, second = _visit_twice(functions, range(begin, min(begin + _AT_ONCE, count)))
        one_box += first.count(ONE_BOX)
        moved += sum(one != other for one, other in zip(first, second, strict=True))
    return Split(
        visitors=count,
        one_box=one_box,
        moved=moved,
        share=functions["viewer-request"].share,
        function=functions["viewer-request"].logical_id,
        engine=Engine.NODE.value,
    )


def _visit_twice(functions: Mapping[str, EdgeFunction], numbers: range) -> tuple[list[str], list[str]]:
    """The partitions that visitors reach without a cookie, and then with those that they got."""
    visitors = [
        Visitor(address=f"10.{n >> 16 & 255}.{n >> 8 & 255}.{n & 255}", agent=f"Browser/{n % 12}", cookies={})
        for n in numbers
    ]
    try:
        first = partitions(functions["viewer-request"], visitors)
        returning = with_cookies(functions.get("viewer-response"), visitors)
        return first, partitions(functions["viewer-request"], returning)
    except (EngineMissingError, RuntimeError) as error:
        raise AssemblyError(str(error)) from error


def _edge(stacks: Sequence[StackTemplate], stack: str | None, distribution: str | None) -> dict[str, EdgeFunction]:
    meant = stacks_called(stacks, stack)
    names = {each.name for each in meant}
    links = Links(stacks)
    found = distributions(links)
    if distribution is not None:
        found = [distribution_called(found, distribution)]
    elif stack is not None:
        found = distributions_of(found, names)
    if not found:  # Edge code can be made before the distribution that it belongs to.
        return edge_functions(meant)
    notes: list[str] = []
    functions = functions_of(only_one(found, "have partitions"), links, notes)
    if not functions:
        raise AssemblyError("; ".join(notes))
    return functions


def partitions(function: EdgeFunction, visitors: Sequence[Visitor]) -> list[str]:
    """The partition to which viewer-request sends each visitor."""
    return partitions_of(function, [_request(visitor) for visitor in visitors])


def partitions_of(function: EdgeFunction, requests: Sequence[HttpRequest]) -> list[str]:
    """The partition to which viewer-request sends each request.

    Raises:
        AssemblyError: If the function throws, names no partition, or changes headers that it must leave alone.
    """
    answers_itself = f"answers: 'status{'' if function.at_lambda else 'Code'}' in result"
    results = _run(function, requests, f"{{ {_picked_headers(function, _HEADER)}, {answers_itself} }}")
    read = lambda_edge_request if function.at_lambda else cloudfront_request
    sent = [read(result, request) for result, request in zip(results, requests, strict=True)]
    for result, request, changed in zip(results, requests, sent, strict=True):
        _refuse_restricted(function, () if result["answers"] else request.fields, changed.fields)
    named = [each.values(_HEADER) for each in sent]
    if not all(named):
        raise AssemblyError(f"{function.logical_id} answers an ordinary request without naming a partition")
    return [values[0] for values in named]


def with_cookies(function: EdgeFunction | None, visitors: Sequence[Visitor]) -> list[Visitor]:
    """The visitors with the cookies that viewer-response gives them; without such a function, as they are."""
    if function is None:
        return list(visitors)
    given = cookies_of(function, [_request(visitor) for visitor in visitors])
    return [
        Visitor(address=visitor.address, agent=visitor.agent, cookies=dict(map(_pair, lines)))
        for visitor, lines in zip(visitors, given, strict=True)
    ]


def cookies_of(function: EdgeFunction, requests: Sequence[HttpRequest]) -> list[list[str]]:
    """What viewer-response sets for each request that the origin answers with an ordinary page."""
    cookies = "" if function.at_lambda else ", cookies: result.cookies"
    results = _run(function, requests, f"{{ {_picked_headers(function, 'set-cookie')}{cookies} }}")
    if function.at_lambda:
        answers = [lambda_edge_response({"status": 200, **result}) for result in results]
    else:
        answers = [cloudfront_response({"statusCode": 200, **result}) for result in results]
    for answer in answers:
        _refuse_restricted(function, _ORDINARY.fields, answer.fields)
    return [answer.values("set-cookie") for answer in answers]


def _run(function: EdgeFunction, requests: Sequence[HttpRequest], pick: str) -> list[dict[str, object]]:
    build = lambda_edge_event if function.at_lambda else cloudfront_event
    response = _ORDINARY if function.event.endswith("-response") else None
    events = (build(function.event, request, response) for request in requests)
    answers = EdgeEngine(function.code, engine=Engine.NODE, pick=pick, at_lambda=function.at_lambda).run(events)
    failed = next((answer.error for answer in answers if answer.error), None)
    if failed:
        raise AssemblyError(f"{function.logical_id} threw {failed}")
    return [cast("dict[str, object]", answer.result) for answer in answers]


def _picked_headers(function: EdgeFunction, name: str) -> str:
    """The part of a result that holds one header, and those that the function must leave alone."""
    pattern = restricted_headers(function.event, at_lambda=function.at_lambda).pattern
    wanted = f"name.toLowerCase() === '{name}' || /{pattern}/.test(name.toLowerCase())"
    headers = "result.headers || {}"
    return f"headers: Object.fromEntries(Object.entries({headers}).filter(([name]) => {wanted}))"


def _refuse_restricted(function: EdgeFunction, before: Fields, after: Fields) -> None:
    """Refuses edge code to whose result CloudFront answers 502."""
    broken = broken_restriction(function.event, before, after, at_lambda=function.at_lambda)
    if broken:
        raise AssemblyError(f"{function.logical_id}: {broken}; CloudFront answers 502 to its visitors")


def _pair(line: str) -> tuple[str, str]:
    name, _, value = line.partition(";")[0].partition("=")
    return name, value


def _request(visitor: Visitor) -> HttpRequest:
    fields: Fields = (("host", "www.example.com"), ("user-agent", visitor.agent))
    if visitor.cookies:
        fields += (("cookie", "; ".join(f"{name}={value}" for name, value in visitor.cookies.items())),)
    return HttpRequest(address=visitor.address, fields=fields)
