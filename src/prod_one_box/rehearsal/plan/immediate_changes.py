"""What a release changes for everybody at once: whatever no alias of the release holds back.

What an update changes about a released function without a new version: `$LATEST` alone gets it.
"""

from collections.abc import Collection, Iterator, Sequence
from typing import Final, NamedTuple

from ...template.cloud_assembly import Json, Resource, StackTemplate, mapping, properties, referred
from ...template.construct_names import path_in
from ...template.links import Links, Place
from ...template.routing import released_aliases
from ...template.unversioned import COMPUTED_TYPES, NOT_IN_A_VERSION, asked_of, named_in
from ...vocabulary import PHASES
from .release_changes import difference
from .step_settings import is_wait

_ALIAS: Final = "AWS::Lambda::Alias"
_MANAGED: Final = "CodeDeployLambdaAliasUpdate"
# What no visitor meets: it measures, logs or belongs to a version; a nested stack's resources are listed themselves.
_UNSEEN: Final = (
    "AWS::ApiGateway::Account",
    "AWS::CDK::Metadata",
    "AWS::CloudFormation::Stack",
    "AWS::CloudWatch::",
    "AWS::CodeDeploy::",
    "AWS::Lambda::LayerVersion",
    "AWS::Lambda::Version",
    "AWS::Logs::",
    "AWS::Synthetics::",
)
_GROUPS: Final = {
    "AWS::CloudFront::": "edge",
    "AWS::ApiGateway": "routes",
    "AWS::ElasticLoadBalancingV2::": "routes",
    "AWS::Route53::": "routes",
    "AWS::IAM::": "permissions",
    "AWS::Lambda::Permission": "permissions",
    "AWS::S3::BucketPolicy": "permissions",
    "AWS::Lambda::": "functions",
}
_OTHERS: Final = "others"
_ORDER: Final = ("edge", "routes", "functions", "permissions", _OTHERS)


class AtOnce(NamedTuple):
    """A resource whose change reaches everybody at once.

    Attributes:
        group: What it is: `edge`, `routes`, `functions`, `permissions` or `others`.
        change: What happens to it: `new`, `changed` or `deleted`.
        path: The path of its construct, in the stack of the report without the stack's name.
    """

    group: str
    change: str
    path: str


def changed_at_once(
    stacks: Sequence[StackTemplate], deployed: Sequence[StackTemplate], shown_in: str
) -> tuple[AtOnce, ...]:
    """Lists every changed resource that no alias of the release gates; alarms, logs, versions and waits are left out.

    Args:
        stacks: The stacks that are updated.
        deployed: The stacks that are deployed now. One that is not among them has no visitors yet.
        shown_in: The name of the stack in whose report the list stands.
    """
    before = {each.name: each for each in deployed}
    found: dict[tuple[str, str], str] = {}
    for stack in stacks:
        if stack.name in before:
            for group, change, path in _changes(stack, before[stack.name]):
                shown = path if stack.name == shown_in else f"{stack.name}/{path}"
                # A new resource for one that is deleted, as of an API's deployment, is a change of the construct.
                found[group, shown] = change if found.get((group, shown), change) == change else "changed"
    listed = [AtOnce(group, change, path) for (group, path), change in found.items()]
    return tuple(sorted(listed, key=lambda each: (_ORDER.index(each.group), each.path)))


def _changes(new: StackTemplate, old: StackTemplate) -> Iterator[AtOnce]:
    created, updated, deleted = difference(new, old)
    for names, stack, change in ((created, new, "new"), (updated, new, "changed"), (deleted, old, "deleted")):
        held, inside = _held_back(stack), _machinery(stack)
        for name in names:
            resource = stack.resources[name]
            if name not in held and not _is_unseen(resource) and not _is_inside(resource, inside):
                yield AtOnce(_group(resource), change, path_in(stack, name))


def _held_back(stack: StackTemplate) -> set[str]:
    """The aliases that a release moves step by step, and the functions whose versions they point at."""
    aliases = [each for each in stack.resources.values() if each.type == _ALIAS and _is_gate(each)]
    functions = {referred(properties(alias).get("FunctionName")) for alias in aliases}
    return {alias.logical_id for alias in aliases} | {name for name in functions if name}


def _is_gate(alias: Resource) -> bool:
    return alias.role.get("Phase") in PHASES or _MANAGED in mapping(alias.body.get("UpdatePolicy"))


def _machinery(stack: StackTemplate) -> set[str]:
    """The paths below which everything belongs to a wait, a custom resource's provider or the retained assets."""
    found: set[str] = set()
    for resource in stack.resources.values():
        token = stack.resources.get(referred(properties(resource).get("ServiceToken")) or "")
        if token and token.path:
            found |= set(_provider(token.path, of_wait=is_wait(resource)))
        if is_wait(resource):
            found.add(resource.path)
        if "RetainedAssets" in resource.role:
            owner = resource.path.rpartition("/Upload/")[0]
            found |= {f"{owner}/Upload", f"{owner}/Sweeper"} if owner else set()
    return found - {""}


def _provider(function: str, *, of_wait: bool) -> Iterator[str]:
    """The paths of the provider to which a function belongs, which CDK's framework calls `framework-onEvent`."""
    yield function
    provider, _, name = function.rpartition("/")
    if name.startswith("framework-"):
        yield provider
        if of_wait:
            yield provider.rpartition("/")[0]


def _is_unseen(resource: Resource) -> bool:
    return resource.type.startswith(_UNSEEN) or is_wait(resource)


def _is_inside(resource: Resource, paths: Collection[str]) -> bool:
    return any(resource.path == path or resource.path.startswith(f"{path}/") for path in paths)


def _group(resource: Resource) -> str:
    if "EdgeFunction" in resource.role:
        return "edge"
    return next((group for type_, group in _GROUPS.items() if resource.type.startswith(type_)), _OTHERS)


_LAYER = "AWS::Lambda::LayerVersion"
_SSM = "AWS::SSM::Parameter"


def unreleased_changes(new: StackTemplate, old: StackTemplate, links: Links, before: Links) -> Iterator[str]:
    """Name the changes that no release brings to anybody, a sentence with its remedy for each.

    Args:
        new: The stack as it is to be.
        old: The stack as it is.
        links: The stacks as they are to be.
        before: The stacks as they are.
    """
    for alias in released_aliases(new):
        version = referred(properties(alias).get("FunctionVersion")) or ""
        name = referred(properties(alias).get("FunctionName")) or ""
        was = old.resources.get(alias.logical_id)
        stays = was is not None and referred(properties(was).get("FunctionVersion")) == version
        if stays and name in new.resources and name in old.resources:
            shown = new.resources[name].path or name
            for what in _changed(new, old, name, links, before):
                yield (
                    f"{shown}: {what} changes, but {version} stays: only $LATEST gets the change, and no release "
                    "brings it to the alias. Let the version depend on it: function.invalidate_version_based_on."
                )


def _changed(new: StackTemplate, old: StackTemplate, function: str, links: Links, before: Links) -> Iterator[str]:
    is_to_be, is_now = _kept(new, function, links), _kept(old, function, before)
    for key in sorted(is_to_be.keys() | is_now.keys()):
        if is_to_be.get(key) != is_now.get(key):
            yield f"its property {key}"
    taken = links.led_to(new, _as_written(new, function)) & before.led_to(old, _as_written(old, function))
    for place in sorted(taken):
        if _taken(place, links) != _taken(place, before):
            yield f"{links.resource(place).path or place.logical_id}, which it takes,"
    yield from (f"{each}, which it takes," for each in _named_otherwise(is_to_be, new, old, links, before))


def _named_otherwise(said: Json, new: StackTemplate, old: StackTemplate, links: Links, before: Links) -> Iterator[str]:
    """Names the parameters and mappings that changed."""
    for name in sorted({*named_in(said)}):
        if _default(name, links) != _default(name, before):
            yield f"the default of the parameter {name.rpartition('/')[2]}"
    for name in sorted({*asked_of(said, "Fn::FindInMap")}):
        if new.choices.mappings.get(name) != old.choices.mappings.get(name):
            yield f"the mapping {name}"


def _as_written(stack: StackTemplate, function: str) -> dict[str, Json]:
    """Reads what a version keeps of a function."""
    said = properties(stack.resources[function])
    return {key: value for key, value in said.items() if key.lower() not in NOT_IN_A_VERSION}


def _kept(stack: StackTemplate, function: str, links: Links) -> dict[str, Json]:
    return mapping(links.inlined(stack, _as_written(stack, function)))


def _taken(place: Place, links: Links) -> Json:
    """Reads what a function's own values depend on in a resource that it names.

    A resource that has another name is another resource, which CloudFormation makes in the place of the former.
    """
    resource = links.resource(place)
    said = mapping(links.inlined(links.stacks[place.stack], properties(resource)))
    if resource.type.startswith((_LAYER, *COMPUTED_TYPES)):
        return said
    name = resource.type.rpartition("::")[2]
    kept = {"Name", f"{name}Name", *(["Value"] if resource.type == _SSM else [])}
    return {key: value for key, value in said.items() if key in kept}


def _default(parameter: str, links: Links) -> Json:
    stack, _, name = parameter.rpartition("/")
    holder = links.stacks.get(stack)
    return mapping(holder.parameters.get(name)).get("Default") if holder else None
