"""Where a distribution serves a partition's release to visitors whom the edge did not send there.

Which requests a behavior's path pattern takes (CloudFront developer guide, 'Path pattern').
"""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any, Final, cast

from ..vocabulary import ONE_BOX
from .intrinsics import text, with_lower_keys

_ENCODED: Final = re.compile(r"%[0-9A-Fa-f]{2}")
_UNRESERVED: Final = re.compile(r"[A-Za-z0-9._~-]")


def matches(pattern: str, path: str) -> bool:
    """Compares as CloudFront does: case-sensitively, `*` for any characters, `?` for exactly one.

    Args:
        pattern: The behavior's pattern. A slash at its head may be left out.
        path: The request's path, normalized.
    """
    parts = [".*" if sign == "*" else "." if sign == "?" else re.escape(sign) for sign in pattern.removeprefix("/")]
    return re.fullmatch("".join(parts), path.removeprefix("/"), re.DOTALL) is not None


def normalized(path: str) -> str:
    """Writes a path as CloudFront compares it with patterns; what travels on is the path as it was sent.

    'Path normalization': "consistent with RFC 3986", several slashes are one, and periods are followed. Of RFC 3986 it
    is 6.2.2: what need not be encoded is not, the rest is in capitals, dot segments are removed.

    Args:
        path: The request's path, as it was sent.
    """
    segments = re.sub("/+", "/", _ENCODED.sub(_decoded, path)).removeprefix("/").split("/")
    kept: list[str] = []
    for segment in segments:
        if segment == "..":
            del kept[-1:]
        elif segment != ".":
            kept.append(segment)
    last = "/" if segments[-1] in (".", "..") and kept else ""
    return f"/{'/'.join(kept)}{last}"


def _decoded(encoded: re.Match[str]) -> str:
    sign = chr(int(encoded[0][1:], 16))
    return sign if _UNRESERVED.fullmatch(sign) else encoded[0].upper()


TRAVELLING: Final = "x-one-box-origin-domain"
"""With Lambda@Edge the one-box's domain is a header of the regular origin, unless it is known at synth."""

CHOOSING: Final = "viewer-request"
"""The event at which a function can choose a partition."""

_ASSOCIATIONS: Final = (("functionassociations", "functionarn"), ("lambdafunctionassociations", "lambdafunctionarn"))

_Config = Mapping[str, Any]


def choosing_functions(behavior: Mapping[str, object]) -> frozenset[str]:
    """Read the functions of a behavior that can choose a partition, those at viewer-request, as canonical text.

    Args:
        behavior: The behavior, in the template's or a construct's spelling.
    """
    said = cast("_Config", with_lower_keys(dict(behavior)))
    return frozenset(
        text(one.get(arn))
        for kind, arn in _ASSOCIATIONS
        for one in said.get(kind) or []
        if one.get("eventtype") == CHOOSING
    )


def mixed_releases(
    config: Mapping[str, object],
    partitions: Mapping[str, str],
    functions: Collection[str],
    others: Collection[str] = (),
) -> Iterator[str]:
    """Name the behaviors and error pages that mix releases, a sentence with its remedy for each.

    Args:
        config: The distribution's configuration, in the template's or a construct's spelling.
        partitions: The partition's name by the id of each origin that is known to be a partition's.
        functions: The functions of the distribution's edge, as `choosing_functions` has them; none without an edge.
        others: The functions of other distributions' edges; default: none.
    """
    said = cast("_Config", with_lower_keys(dict(config)))
    whose = _origins_of(said, partitions)
    behaviors: Sequence[_Config] = said.get("cachebehaviors") or []
    default: _Config = said.get("defaultcachebehavior") or {}
    for behavior in (*behaviors, default):
        partition = whose.get(text(behavior.get("targetoriginid")))
        chosen_by = choosing_functions(behavior)
        name = f"behavior {text(behavior['pathpattern'])}" if "pathpattern" in behavior else "default behavior"
        if chosen_by & frozenset(others):
            yield _of_another_edge(name)
        elif partition and not chosen_by & frozenset(functions):
            yield _of_behavior(name, partition)
    pages: dict[str, list[str]] = {}
    for response in said.get("customerrorresponses") or []:
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


def _origins_of(said: _Config, partitions: Mapping[str, str]) -> dict[str, str]:
    """Finds each partition's origins: by their id, or by being where that one is; groups with one of them, too."""
    origins: Sequence[_Config] = said.get("origins") or []
    places = {_place(each): partitions[text(each["id"])] for each in origins if text(each.get("id")) in partitions}
    travelling = {
        text(header.get("headervalue"))
        for each in origins
        for header in each.get("origincustomheaders") or []
        if text(header.get("headername")).lower() == TRAVELLING
    }
    whose: dict[str, str] = {}
    for each in origins:
        partition = places.get(_place(each))
        if partition is None and text(each.get("domainname")) in travelling:
            partition = ONE_BOX
        if partition:
            whose[text(each.get("id"))] = partition
    for group in (said.get("origingroups") or {}).get("items") or []:
        members = [text(one.get("originid")) for one in (group.get("members") or {}).get("items") or []]
        whose.update((text(group.get("id")), whose[one]) for one in members if one in whose)
    return whose


def _place(origin: _Config) -> tuple[str, str]:
    return text(origin.get("domainname")), text(origin.get("originpath") or "")


def _of_another_edge(behavior: str) -> str:
    return (
        f"The {behavior} has the functions of another distribution's edge, which choose among that distribution's "
        "origins. Give this distribution a PartitionEdge of its own, or take the functions off."
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
