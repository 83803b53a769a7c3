"""What a release changes past its aliases: for all visitors immediately, or for none because no version takes it."""

from collections.abc import Collection, Iterator, Sequence
from typing import Final, NamedTuple

from ...template.cloud_assembly import Json, Resource, StackTemplate, mapping, properties
from ...template.construct_names import path_in
from ...template.intrinsics import asked_of, named_in, referred
from ...template.links import Links, Place
from ...template.routing import released_aliases
from ...template.unversioned import COMPUTED_TYPES, NOT_IN_A_VERSION
from .phases import is_phase
from .release_changes import difference
from .step_settings import is_wait

_ALIAS: Final = "AWS::Lambda::Alias"
_MANAGED: Final = "CodeDeployLambdaAliasUpdate"
_LAYER: Final = "AWS::Lambda::LayerVersion"
_SSM: Final = "AWS::SSM::Parameter"
# Types that do not reach visitors: they measure, log or belong to a version; a nested stack's resources are listed
# themselves.
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


class ImmediateChange(NamedTuple):
    """A resource whose change reaches all visitors immediately.

    Attributes:
        group: What it is: `edge`, `routes`, `functions`, `permissions` or `others`.
        change: What happens to it: `new`, `changed` or `deleted`.
        path: The path of its construct, in the stack of the report without the stack's name.
    """

    group: str
    change: str
    path: str


def immediate_changes(
    stacks: Sequence[StackTemplate], deployed: Sequence[StackTemplate], shown_in: str
) -> tuple[ImmediateChange, ...]:
    """Return every changed resource that no alias of the release holds back, but no alarms, logs, versions and waits.

    A stack that is not deployed yet has no visitors. Paths in other stacks than `shown_in` start with the stack's name.
    """
    before = {each.name: each for each in deployed}
    found: dict[tuple[str, str], str] = {}
    for stack in stacks:
        if stack.name in before:
            for group, change, path in _changes(stack, before[stack.name]):
                shown = path if stack.name == shown_in else f"{stack.name}/{path}"
                # A new resource in place of a deleted one, such as an API's deployment, is a change of the construct.
                found[group, shown] = change if found.get((group, shown), change) == change else "changed"
    listed = [ImmediateChange(group, change, path) for (group, path), change in found.items()]
    return tuple(sorted(listed, key=lambda each: (_ORDER.index(each.group), each.path)))


def _changes(new: StackTemplate, old: StackTemplate) -> Iterator[ImmediateChange]:
    created, updated, deleted = difference(new, old)
    for names, stack, change in ((created, new, "new"), (updated, new, "changed"), (deleted, old, "deleted")):
        held, inside = _held_back(stack), _machinery(stack)
        for name in names:
            resource = stack.resources[name]
            unseen = resource.type.startswith(_UNSEEN) or is_wait(resource)
            if name not in held and not unseen and not _is_inside(resource, inside):
                yield ImmediateChange(_group(resource), change, path_in(stack, name))


def _held_back(stack: StackTemplate) -> set[str]:
    """Return the aliases that a release moves step by step, and the functions whose versions they point at."""
    held = set()
    for alias in stack.resources.values():
        managed = _MANAGED in mapping(alias.body.get("UpdatePolicy"))
        if alias.type == _ALIAS and (managed or is_phase(alias.role.get("Phase"))):
            held |= {alias.logical_id, referred(properties(alias).get("FunctionName")) or ""}
    return held


def _machinery(stack: StackTemplate) -> set[str]:
    """Return the paths below which everything belongs to a wait, a provider or the retained assets."""
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
    """Yield a function's path, and those of its provider if it is CDK's `framework-onEvent`."""
    yield function
    provider, _, name = function.rpartition("/")
    if name.startswith("framework-"):
        yield provider
        if of_wait:
            yield provider.rpartition("/")[0]


def _is_inside(resource: Resource, paths: Collection[str]) -> bool:
    return any(resource.path == path or resource.path.startswith(f"{path}/") for path in paths)


def _group(resource: Resource) -> str:
    if "EdgeFunction" in resource.role:
        return "edge"
    return next((group for type_, group in _GROUPS.items() if resource.type.startswith(type_)), _OTHERS)


def unreleased_changes(new: StackTemplate, old: StackTemplate, links: Links, before: Links) -> Iterator[str]:
    """Name the changes that only `$LATEST` gets because the version stays, a sentence with a remedy each."""
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
    versioned, versioned_before = _versioned(new, function), _versioned(old, function)
    values = mapping(links.inlined(new, versioned))
    values_before = mapping(before.inlined(old, versioned_before))
    for key in sorted(values.keys() | values_before.keys()):
        if values.get(key) != values_before.get(key):
            yield f"its property {key}"
    for place in sorted(links.led_to(new, versioned) & before.led_to(old, versioned_before)):
        if _values_of(place, links) != _values_of(place, before):
            yield f"{links.resource(place).path or place.logical_id}, which it takes,"
    yield from _changed_choices(values, new, old, links, before)


def _changed_choices(
    values: Json, new: StackTemplate, old: StackTemplate, links: Links, before: Links
) -> Iterator[str]:
    for name in sorted({*named_in(values)}):
        if _default(name, links) != _default(name, before):
            yield f"the default of the parameter {name.rpartition('/')[2]}, which it takes,"
    for name in sorted({*asked_of(values, "Fn::FindInMap")}):
        if new.choices.mappings.get(name) != old.choices.mappings.get(name):
            yield f"the mapping {name}, which it takes,"


def _versioned(stack: StackTemplate, function: str) -> dict[str, Json]:
    """Return the properties of a function that its versions keep."""
    values = properties(stack.resources[function])
    return {key: value for key, value in values.items() if key.lower() not in NOT_IN_A_VERSION}


def _values_of(place: Place, links: Links) -> Json:
    """Return the properties of a resource that a function which names it can depend on.

    With another name it is another resource, which CloudFormation creates in place of the former.
    """
    resource = links.resource(place)
    values = mapping(links.inlined(links.stacks[place.stack], properties(resource)))
    if resource.type.startswith((_LAYER, *COMPUTED_TYPES)):
        return values
    name = resource.type.rpartition("::")[2]
    relevant = {"Name", f"{name}Name", *(["Value"] if resource.type == _SSM else [])}
    return {key: value for key, value in values.items() if key in relevant}


def _default(parameter: str, links: Links) -> Json:
    stack, _, name = parameter.rpartition("/")
    holder = links.stacks.get(stack)
    return mapping(holder.parameters.get(name)).get("Default") if holder else None
