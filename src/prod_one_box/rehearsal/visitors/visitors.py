"""Sends visitors through an assembly's edge code and counts where they arrive."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias, cast

from ...assembly.cloud_assembly import AssemblyError, StackTemplate
from ...assembly.distributions import distributions
from ...assembly.edge_engine import EdgeEngine, Engine, EngineMissingError
from ...assembly.edge_functions import EdgeFunction, edge_functions, functions_of
from ...assembly.links import Links
from ...assembly.stack_names import stacks_called
from ...vocabulary import ONE_BOX, PARTITION_HEADER
from .edge_choice import distribution_called, only_one

Fields: TypeAlias = "dict[str, dict[str, str]]"
_HEADER = PARTITION_HEADER.lower()


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
    stacks: Sequence[StackTemplate], count: int, *, stack: str | None = None, distribution: str | None = None
) -> Split:
    """Sends visitors of different addresses through the edge twice; the second time with the cookies they got.

    Args:
        stacks: The assembly's stacks.
        count: How many visitors.
        stack: The name of the stack whose visitors they are; default: None, which means all stacks.
        distribution: The distribution's name; default: None, which means the only one.

    Raises:
        AssemblyError: If the assembly's edge code cannot be found or run, or is that of several distributions.
    """
    functions = _edge(stacks, stack, distribution)
    visitors = [
        Visitor(address=f"10.{n >> 16 & 255}.{n >> 8 & 255}.{n & 255}", agent=f"Browser/{n % 12}", cookies={})
        for n in range(count)
    ]
    try:
        first = partitions(functions["viewer-request"], visitors)
        returning = with_cookies(functions.get("viewer-response"), visitors)
        second = partitions(functions["viewer-request"], returning)
    except (EngineMissingError, RuntimeError) as error:
        raise AssemblyError(str(error)) from error
    return Split(
        visitors=count,
        one_box=first.count(ONE_BOX),
        moved=sum(one != other for one, other in zip(first, second, strict=True)),
        share=functions["viewer-request"].share,
        function=functions["viewer-request"].logical_id,
        engine=Engine.NODE.value,
    )


def _edge(stacks: Sequence[StackTemplate], stack: str | None, distribution: str | None) -> dict[str, EdgeFunction]:
    meant = stacks_called(stacks, stack)
    names = {each.name for each in meant}
    links = Links(stacks)
    found = distributions(links)
    if distribution is not None:
        found = [distribution_called(found, distribution)]
    elif stack is not None:
        led = [each for each in found if names & {alias.stack for alias in each.aliases}]
        found = [each for each in found if each.stack.name in names] or led
    if not found:  # Edge code can be made before the distribution that it belongs to.
        return edge_functions(meant)
    notes: list[str] = []
    functions = functions_of(only_one(found, "have partitions"), links, notes)
    if not functions:
        raise AssemblyError("; ".join(notes))
    return functions


def _run(function: EdgeFunction, events: Sequence[dict[str, object]], pick: str) -> list[dict[str, object]]:
    answers = EdgeEngine(function.code, engine=Engine.NODE, pick=pick, at_lambda=function.at_lambda).run(events)
    failed = next((answer.error for answer in answers if answer.error), None)
    if failed:
        raise AssemblyError(f"{function.logical_id} threw {failed}")
    return [cast("dict[str, object]", answer.result) for answer in answers]


def partitions(function: EdgeFunction, visitors: Sequence[Visitor]) -> list[str]:
    """The partition to which viewer-request sends each visitor."""
    results = _run(function, [_event(function, visitor) for visitor in visitors], _picked_header(_HEADER))
    if not all(cast("Fields", each["headers"]).get(_HEADER) for each in results):
        raise AssemblyError(f"{function.logical_id} answers an ordinary request without naming a partition")
    if function.at_lambda:
        return [cast("dict[str, list[dict[str, str]]]", each["headers"])[_HEADER][0]["value"] for each in results]
    return [cast("Fields", each["headers"])[_HEADER]["value"] for each in results]


def with_cookies(function: EdgeFunction | None, visitors: Sequence[Visitor]) -> list[Visitor]:
    """The visitors with the cookies that viewer-response gives them; without such a function, as they are."""
    if function is None:
        return list(visitors)
    pick = _picked_header("set-cookie") if function.at_lambda else "{ cookies: result.cookies }"
    results = _run(function, [_event(function, visitor) for visitor in visitors], pick)
    return [
        Visitor(address=visitor.address, agent=visitor.agent, cookies=_cookies(function, result))
        for visitor, result in zip(visitors, results, strict=True)
    ]


def _picked_header(name: str) -> str:
    return f"{{ headers: {{ '{name}': (result.headers || {{}})['{name}'] }} }}"


def _cookies(function: EdgeFunction, response: dict[str, object]) -> dict[str, str]:
    if function.at_lambda:
        headers = cast("dict[str, list[dict[str, str]]]", response["headers"])
        pairs = [each["value"].split(";")[0].partition("=") for each in headers.get("set-cookie", [])]
        return {name: value for name, _, value in pairs}
    return {name: field["value"] for name, field in cast("Fields", response.get("cookies", {})).items()}


def _event(function: EdgeFunction, visitor: Visitor) -> dict[str, object]:
    """Builds the event that CloudFront hands over, in the shape of the function's runtime."""
    return _lambda_event(visitor) if function.at_lambda else _cloudfront_event(visitor)


def _cloudfront_event(visitor: Visitor) -> dict[str, object]:
    request = {
        "method": "GET",
        "uri": "/",
        "querystring": {},
        "headers": {"host": {"value": "www.example.com"}, "user-agent": {"value": visitor.agent}},
        "cookies": {name: {"value": value} for name, value in visitor.cookies.items()},
    }
    response = {"statusCode": 200, "headers": {}, "cookies": {}}
    return {"version": "1.0", "viewer": {"ip": visitor.address}, "request": request, "response": response}


def _lambda_event(visitor: Visitor) -> dict[str, object]:
    headers = {"host": "www.example.com", "user-agent": visitor.agent}
    if visitor.cookies:
        headers["cookie"] = "; ".join(f"{name}={value}" for name, value in visitor.cookies.items())
    request = {
        "clientIp": visitor.address,
        "method": "GET",
        "uri": "/",
        "querystring": "",
        "headers": {name: [{"key": name, "value": value}] for name, value in headers.items()},
    }
    response = {"status": "200", "statusDescription": "OK", "headers": {}}
    return {"Records": [{"cf": {"request": request, "response": response}}]}
