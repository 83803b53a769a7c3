"""What CloudFormation must have created or updated before a resource, read from the template itself."""

from collections.abc import Mapping

from ..references import references
from .cloud_assembly import Json, Resource


def direct_dependencies(resources: Mapping[str, Resource]) -> dict[str, set[str]]:
    """For each resource, the resources that it names: `Ref`, `Fn::GetAtt`, `Fn::Sub` and `DependsOn`."""
    return {
        logical_id: {name for name in references(_ordering_parts(resource)) if name in resources}
        for logical_id, resource in resources.items()
    }


def all_dependencies(resources: Mapping[str, Resource]) -> dict[str, set[str]]:
    """For each resource, everything that stands before it, directly or through others."""
    direct = direct_dependencies(resources)
    closure: dict[str, set[str]] = {}
    for logical_id in direct:
        seen: set[str] = set()
        waiting = [logical_id]
        while waiting:
            new = direct[waiting.pop()] - seen
            seen |= new
            waiting.extend(new)
        closure[logical_id] = seen
    return closure


def _ordering_parts(resource: Resource) -> Json:
    depends_on = resource.body.get("DependsOn", [])
    named = depends_on if isinstance(depends_on, list) else [depends_on]
    explicit: list[Json] = [{"Ref": name} for name in named]
    return [resource.body.get("Properties"), resource.body.get("UpdatePolicy"), explicit]
