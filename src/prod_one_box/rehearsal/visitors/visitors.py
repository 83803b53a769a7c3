"""Sends visitors through an assembly's edge code and counts the partitions that they reach."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, cast

from ...sandbox.edge_events import cloudfront_response, lambda_edge_response
from ...template.cloud_assembly import AssemblyError, StackTemplate
from ...template.distributions import Distribution, distribution_called, distributions, distributions_of, only_one
from ...template.edge_functions import EdgeFunction, edge_functions, functions_of
from ...template.links import Links
from ...template.stacks import stacks_called
from ...vocabulary import in_release_order, is_partition
from .arrivals import (
    Arrival,
    arrivals,
    check_any_arrives,
    cookie_pair,
    most_common,
    picked_headers,
    refuse_restricted,
)
from .page_request import PageRequest, SiteNames, site_names
from .parties import Party, Visitor, parties_with_cookies, party_of, run_edge_function

_BATCH: Final = 20_000  # All visitors together would fill half a gigabyte, without any progress to show.


@dataclass(frozen=True, kw_only=True)
class PartitionCount:
    """How many visitors reached a partition, and the percentage of visitors that it is configured to get."""

    visitors: int
    share: float


@dataclass(frozen=True, kw_only=True)
class Split:
    """How the edge splits visitors. docs/reference/json.md describes the attributes."""

    visitors: int
    partitions: Mapping[str, PartitionCount]
    answered: int
    answers: tuple[str, ...]
    moved: int
    url: str
    function: Mapping[str, str]


def send_visitors(
    stacks: Sequence[StackTemplate],
    count: int,
    *,
    stack: str | None = None,
    distribution: str | None = None,
    request: PageRequest | None = None,
    progress: Callable[[int], None] = lambda _sent: None,
) -> Split:
    """Send visitors from different addresses through the edge twice, the second time with the cookies they got.

    Without names, all stacks are visited, and the only distribution; without a request, `PageRequest()` is sent.
    `progress` is called repeatedly with the number of visitors sent so far.

    Raises:
        AssemblyError: If the edge code cannot be found or run, or belongs to several distributions, or if no visitor
            reaches a partition.
    """
    functions, edge = _edge(stacks, stack, distribution)
    site = site_names(request or PageRequest(), edge)
    function = functions["viewer-request"]
    partitions: Counter[str | None] = Counter()
    answers: Counter[str] = Counter()
    moved = 0
    for start in range(0, count, _BATCH):
        progress(start)
        visitors = [_visitor(number) for number in range(start, min(start + _BATCH, count))]
        first, second = visit_twice(functions, visitors, site)
        partitions.update(each.partition for each in first)
        answers.update(each.answer for each in first if each.answer)
        moved += sum(
            bool(one.partition) and one.partition != two.partition for one, two in zip(first, second, strict=True)
        )
    check_any_arrives(function, count, answers)
    return Split(
        visitors=count,
        partitions=_counts(function, partitions),
        answered=partitions[None],
        answers=tuple(most_common(answers)),
        moved=moved,
        url=site.url(site.request("", "", {})),
        function={
            "path": function.path or function.logical_id,
            "logical_id": function.logical_id,
            "engine": "node",
        },
    )


def _counts(function: EdgeFunction, reached: Mapping[str | None, int]) -> dict[str, PartitionCount]:
    """Return how many visitors reached each partition.

    Raises:
        AssemblyError: If some reached what is not a partition.
    """
    named = [name for name in reached if name is not None]
    unknown = [repr(name) for name in named if not is_partition(name)]
    if unknown:
        raise AssemblyError(f"{function.logical_id} sends visitors to {', '.join(unknown)}, which is not a partition")
    return {
        name: PartitionCount(visitors=reached.get(name, 0), share=function.shares.get(name, 0.0))
        for name in in_release_order({*function.shares, *named})
    }


def _visitor(number: int) -> Visitor:
    return Visitor(f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}", f"Browser/{number % 12}")


def visit_twice(
    functions: Mapping[str, EdgeFunction], visitors: Sequence[Visitor], site: SiteNames
) -> tuple[list[Arrival], list[Arrival]]:
    """Send visitors to the site, then again with the cookies they got, and return both outcomes.

    Raises:
        AssemblyError: If a function cannot be run, throws, or passes a request on without naming a partition.
    """
    request, response = functions["viewer-request"], functions.get("viewer-response")
    first = arrivals(request, [party_of(site, range(len(visitors)), visitors)], site)
    jars: list[dict[str, str]] = [{}] * len(visitors)
    lines = cookies_of(response, first.parties) if response else {}
    for party in first.parties:
        for number, row in zip(party.numbers, party.rows, strict=True):
            own = row[len(row) - len(party.cookies) :]
            got = map(cookie_pair, lines.get(number, ()) if first.of[number].partition else ())
            jars[number] = {**dict(zip(party.cookies, own, strict=True)), **dict(got)}
    return first.of, arrivals(request, parties_with_cookies(site, visitors, jars), site).of


def _edge(
    stacks: Sequence[StackTemplate], stack: str | None, distribution: str | None
) -> tuple[dict[str, EdgeFunction], Distribution | None]:
    chosen_stacks = stacks_called(stacks, stack)
    links = Links(stacks)
    found = distributions(links)
    if distribution is not None:
        found = [distribution_called(found, distribution)]
    elif stack is not None:
        found = distributions_of(found, {each.name for each in chosen_stacks})
    if not found:  # Edge code can exist before the distribution it belongs to.
        return edge_functions(chosen_stacks), None
    notes: list[str] = []
    chosen = only_one(found, "have partitions")
    functions = functions_of(chosen, links, notes)
    if not functions:
        raise AssemblyError("; ".join(notes))
    return functions, chosen


def cookies_of(function: EdgeFunction, parties: Sequence[Party]) -> dict[int, list[str]]:
    """Return the `Set-Cookie` lines of viewer-response for each visitor's request, answered with 200 by the origin."""
    cookies = "" if function.at_lambda else ", cookies: result.cookies"
    pick = f"{{ {picked_headers(function, 'set-cookie')}{cookies} }}"
    found: dict[int, list[str]] = {}
    for party, answers in zip(parties, run_edge_function(function, parties, pick), strict=True):
        lines = [_set_cookies(function, cast("dict[str, object]", each.result)) for each in answers.distinct]
        found.update((number, lines[answer]) for number, answer in zip(party.numbers, answers.of, strict=True))
    return found


def _set_cookies(function: EdgeFunction, result: dict[str, object]) -> list[str]:
    if function.at_lambda:
        answer = lambda_edge_response({"status": 200, **result})
    else:
        answer = cloudfront_response({"statusCode": 200, **result})
    refuse_restricted(function, (), answer.fields)
    return answer.values("set-cookie")
