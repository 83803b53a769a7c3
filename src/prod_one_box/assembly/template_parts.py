"""Reads parts of a resource without trusting their shape."""

from .cloud_assembly import Json, Resource


def properties(resource: Resource) -> dict[str, Json]:
    """What a resource's properties say; empty when it has none."""
    return mapping(resource.body.get("Properties"))


def mapping(value: Json) -> dict[str, Json]:
    """The value if it is a mapping, else an empty one."""
    return value if isinstance(value, dict) else {}


def listing(value: Json) -> list[Json]:
    """The value if it is a list, else a list of it; an absent value is an empty list."""
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def referred(value: Json) -> str | None:
    """The logical id that a `Ref` or an `Fn::GetAtt` names; None for any other value."""
    if not isinstance(value, dict) or len(value) != 1:
        return None
    (function, argument), *_ = value.items()
    if function == "Ref":
        return str(argument)
    if function == "Fn::GetAtt":
        named = argument[:1] if isinstance(argument, list) else str(argument).split(".")[:1]
        return str(named[0]) if named else None
    return None
