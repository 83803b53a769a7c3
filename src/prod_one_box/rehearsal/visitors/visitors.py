"""Sends visitors through an assembly's edge code and counts where they arrive."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from ...http_message import HttpRequest
from ...sandbox.confined_node import EngineMissingError
from ...sandbox.edge_batch import Engine
from ...sandbox.edge_events import cloudfront_response, lambda_edge_response
from ...template.cloud_assembly import AssemblyError, StackTemplate
from ...template.distributions import Distribution, distribution_called, distributions, distributions_of, only_one
from ...template.edge_functions import EdgeFunction, edge_functions, functions_of
from ...template.links import Links
from ...template.stacks import stacks_called
from ...vocabulary import ONE_BOX
from .arrivals import Arrival, answered, arrivals, check_somebody_arrives, pair, picked_headers, refuse_restricted, run
from .page_request import PageRequest, SiteNames, site_names

_NO_REQUEST: Final = HttpRequest(address="")
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
        regular: How many reached the regular partition.
        answered: How many reached none, because the edge answered them.
        answers: What the edge answered, the most frequent first.
        moved: How many reached another partition on their second visit.
        share: The percentage of visitors that the one-box is to get.
        function: The viewer-request function's logical id.
        path: The path of its construct; the logical id if the assembly does not say it.
        url: The page that they asked for.
        engine: What ran the function.
    """

    visitors: int
    one_box: int
    regular: int
    answered: int
    answers: tuple[str, ...]
    moved: int
    share: float
    function: str
    path: str
    url: str
    engine: str


def send_visitors(
    stacks: Sequence[StackTemplate],
    count: int,
    *,
    stack: str | None = None,
    distribution: str | None = None,
    request: PageRequest | None = None,
    progress: Callable[[int], None] = lambda _sent: None,
) -> Split:
    """Sends visitors of different addresses through the edge twice; the second time with the cookies they got.

    Args:
        stacks: The assembly's stacks.
        count: How many visitors.
        stack: The name of the stack whose visitors they are; default: None, which means all stacks.
        distribution: The distribution's name; default: None, which means the only one.
        request: What they ask for; default: `PageRequest()`.
        progress: Told how many were sent, again and again; default: nobody is.

    Raises:
        AssemblyError: If the assembly's edge code cannot be found or run, or is that of several distributions; if no
            visitor reaches a partition.
    """
    functions, found = _edge(stacks, stack, distribution)
    site = site_names(request or PageRequest(), found)
    function = functions["viewer-request"]
    arrived: list[Arrival] = []
    moved = 0
    for begin in range(0, count, _AT_ONCE):
        progress(begin)
        first, second = _visit_twice(functions, range(begin, min(begin + _AT_ONCE, count)), site)
        arrived += [_without_request(each) for each in first]
        moved += sum(
            bool(one.partition) and one.partition != two.partition for one, two in zip(first, second, strict=True)
        )
    check_somebody_arrives(function, arrived)
    one_box = sum(each.partition == ONE_BOX for each in arrived)
    by_edge = sum(each.partition is None for each in arrived)
    return Split(
        visitors=count,
        one_box=one_box,
        regular=count - one_box - by_edge,
        answered=by_edge,
        answers=tuple(answered(arrived)),
        moved=moved,
        share=function.share,
        function=function.logical_id,
        path=function.path or function.logical_id,
        url=site.url(site.request("", "", {})),
        engine=Engine.NODE.value,
    )


def _without_request(arrival: Arrival) -> Arrival:
    """What is counted of an arrival: a hundred thousand requests need not be kept."""
    return Arrival(request=_NO_REQUEST, partition=arrival.partition, answer=arrival.answer, cookies={})


def _visit_twice(
    functions: Mapping[str, EdgeFunction], numbers: range, site: SiteNames
) -> tuple[list[Arrival], list[Arrival]]:
    """Where visitors arrive without a cookie, and then with those that they got."""
    visitors = [
        Visitor(address=f"10.{n >> 16 & 255}.{n >> 8 & 255}.{n & 255}", agent=f"Browser/{n % 12}", cookies={})
        for n in numbers
    ]
    try:
        return visits(functions, visitors, site)
    except (EngineMissingError, RuntimeError) as error:
        raise AssemblyError(str(error)) from error


def visits(
    functions: Mapping[str, EdgeFunction], visitors: Sequence[Visitor], site: SiteNames
) -> tuple[list[Arrival], list[Arrival]]:
    """Sends visitors to the site twice.

    Args:
        functions: The edge functions by their event.
        visitors: The visitors.
        site: What they ask for.

    Returns:
        Where they arrive the first time, and where with the cookies that they were given.

    Raises:
        AssemblyError: If a function throws, or lets a request pass without naming a partition.
    """
    request, response = functions["viewer-request"], functions.get("viewer-response")
    first = arrivals(request, [site.request(each.address, each.agent, each.cookies) for each in visitors], site)
    given = cookies_of(response, [each.request for each in first]) if response else [[] for _ in first]
    jars = [
        {**each.cookies, **(dict(map(pair, lines)) if each.partition else {})}
        for each, lines in zip(first, given, strict=True)
    ]
    second = [site.request(each.address, each.agent, jar) for each, jar in zip(visitors, jars, strict=True)]
    return first, arrivals(request, second, site)


def _edge(
    stacks: Sequence[StackTemplate], stack: str | None, distribution: str | None
) -> tuple[dict[str, EdgeFunction], Distribution | None]:
    meant = stacks_called(stacks, stack)
    names = {each.name for each in meant}
    links = Links(stacks)
    found = distributions(links)
    if distribution is not None:
        found = [distribution_called(found, distribution)]
    elif stack is not None:
        found = distributions_of(found, names)
    if not found:  # Edge code can be made before the distribution that it belongs to.
        return edge_functions(meant), None
    notes: list[str] = []
    chosen = only_one(found, "have partitions")
    functions = functions_of(chosen, links, notes)
    if not functions:
        raise AssemblyError("; ".join(notes))
    return functions, chosen


def partitions_of(function: EdgeFunction, requests: Sequence[HttpRequest]) -> list[str]:
    """The partition to which viewer-request sends each request.

    Raises:
        AssemblyError: If the function throws, names no partition, or answers a request itself.
    """
    found = arrivals(function, requests, SiteNames())
    stopped = answered(found)
    if stopped:
        raise AssemblyError(f"{function.logical_id} answers {stopped[0]}")
    return [str(each.partition) for each in found]


def cookies_of(function: EdgeFunction, requests: Sequence[HttpRequest]) -> list[list[str]]:
    """What viewer-response sets for each request that the origin answers with an ordinary page."""
    cookies = "" if function.at_lambda else ", cookies: result.cookies"
    results = run(function, requests, f"{{ {picked_headers(function, 'set-cookie')}{cookies} }}")
    if function.at_lambda:
        answers = [lambda_edge_response({"status": 200, **result}) for result in results]
    else:
        answers = [cloudfront_response({"statusCode": 200, **result}) for result in results]
    for answer in answers:
        refuse_restricted(function, (), answer.fields)
    return [answer.values("set-cookie") for answer in answers]
