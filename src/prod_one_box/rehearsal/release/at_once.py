"""What a release changes for everybody at once: whatever no alias of the release holds back."""

from collections.abc import Collection, Iterator, Sequence
from typing import Final, NamedTuple

from ...assembly.cloud_assembly import Resource, StackTemplate
from ...assembly.construct_names import path_in
from ...assembly.template_parts import mapping, properties, referred
from ...vocabulary import PHASES
from .release_reading import difference
from .step_reading import is_wait

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
