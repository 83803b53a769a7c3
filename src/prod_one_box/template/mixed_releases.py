"""Find where a distribution serves a partition's release to visitors whom the edge did not send there."""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any, Final, cast

from ..vocabulary import is_partition
from .intrinsics import text, with_lower_keys
from .path_pattern import matches, normalized

_TRAVELLING: Final = re.compile(r"x-(.+)-origin-domain")

VIEWER_REQUEST: Final = "viewer-request"
"""The event at which a function can choose a partition."""

ASSOCIATIONS: Final = {"FunctionAssociations": "FunctionARN", "LambdaFunctionAssociations": "LambdaFunctionARN"}
"""The properties of a behavior that list its functions, and their property that names the function."""

_Config = Mapping[str, Any]


def travelling_header(partition: str) -> str:
    """Return the regular origin's header with a partition's domain, for Lambda@Edge, if synth does not know it."""
    return f"x-{partition}-origin-domain"


def choosing_functions(behavior: Mapping[str, object]) -> frozenset[str]:
    """Return the viewer-request functions of a behavior, which can choose a partition, as `text` writes them."""
    settings = cast("_Config", with_lower_keys(dict(behavior)))
    return frozenset(
        text(one.get(arn.lower()))
        for kind, arn in ASSOCIATIONS.items()
        for one in settings.get(kind.lower()) or []
        if one.get("eventtype") == VIEWER_REQUEST
    )


def mixed_releases(
    config: Mapping[str, object],
    partitions: Mapping[str, str],
    functions: Collection[str],
    others: Collection[str] = (),
) -> Iterator[str]:
    """Yield a sentence with a remedy for each behavior and error page that mixes releases.

    The distribution's configuration may be in the template's or a construct's spelling. `partitions` has the partition
    of each origin that is known to belong to one, by the origin's id; `functions` are those of the distribution's edge,
    as `choosing_functions` returns them, and `others` those of other distributions' edges.
    """
    settings = cast("_Config", with_lower_keys(dict(config)))
    whose = _origins_of(settings, partitions)
    behaviors: Sequence[_Config] = settings.get("cachebehaviors") or []
    default: _Config = settings.get("defaultcachebehavior") or {}
    for behavior in (*behaviors, default):
        partition = whose.get(text(behavior.get("targetoriginid")))
        chosen_by = choosing_functions(behavior)
        name = f"behavior {text(behavior['pathpattern'])}" if "pathpattern" in behavior else "default behavior"
        if chosen_by & frozenset(others):
            yield _of_another_edge(name)
        elif partition and not chosen_by & frozenset(functions):
            yield _of_behavior(name, partition)
    pages: dict[str, list[str]] = {}
    for response in settings.get("customerrorresponses") or []:
        if response.get("responsepagepath"):
            pages.setdefault(text(response["responsepagepath"]), []).append(text(response.get("errorcode")))
    for page, codes in pages.items():
        serving = _serving(page, behaviors, default)
        partition = whose.get(text(serving.get("targetoriginid")))
        if partition:
            yield _of_error_page(page, ", ".join(codes), partition)


def _serving(page: str, behaviors: Sequence[_Config], otherwise: _Config) -> _Config:
    path = normalized(page)
    return next((each for each in behaviors if matches(text(each.get("pathpattern")), path)), otherwise)


def _origins_of(settings: _Config, partitions: Mapping[str, str]) -> dict[str, str]:
    """Return the partition of each origin, by its id or because it has a partition's address, and of origin groups."""
    origins: Sequence[_Config] = settings.get("origins") or []
    places = {_place(each): partitions[text(each["id"])] for each in origins if text(each.get("id")) in partitions}
    travelling = {
        text(header.get("headervalue")): name[1]
        for each in origins
        for header in each.get("origincustomheaders") or []
        if (name := _TRAVELLING.fullmatch(text(header.get("headername")).lower())) and is_partition(name[1])
    }
    whose: dict[str, str] = {}
    for each in origins:
        partition = places.get(_place(each)) or travelling.get(text(each.get("domainname")))
        if partition:
            whose[text(each.get("id"))] = partition
    for group in (settings.get("origingroups") or {}).get("items") or []:
        members = [text(one.get("originid")) for one in (group.get("members") or {}).get("items") or []]
        whose.update((text(group.get("id")), whose[one]) for one in members if one in whose)
    return whose


def _place(origin: _Config) -> tuple[str, str]:
    return text(origin.get("domainname")), text(origin.get("originpath") or "")


def _of_another_edge(behavior: str) -> str:
    return (
        f"The {behavior} has the functions of another distribution's edge, which choose among that distribution's "
        "origins. Give this distribution a PartitionEdge of its own, or remove the functions."
    )


def _of_behavior(behavior: str, partition: str) -> str:
    remedy = (
        "Attach a PartitionEdge to the distribution, or give it"
        if behavior.startswith("default")
        else "Give it the edge's function_associations (edge_lambdas with Lambda@Edge), or"
    )
    return (
        f"The {behavior} has the {partition} partition's origin without the edge's functions: all visitors get "
        f"the {partition} partition's release there, whatever release their pages are of. "
        f"{remedy} an origin that is no partition's."
    )


def _of_error_page(page: str, codes: str, partition: str) -> str:
    return (
        f"The error page {page} (for {codes}) is the {partition} partition's for all visitors: CloudFront fetches it "
        "without the edge's choice. Serve it from a behavior with an origin that is no partition's, such as a bucket, "
        "or let the function answer with the page itself."
    )
