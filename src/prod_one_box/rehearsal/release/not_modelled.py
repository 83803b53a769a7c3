"""Names what a template says that the rehearsal does not play."""

from collections.abc import Collection, Iterator
from typing import Final

from ...assembly.cloud_assembly import Resource, StackTemplate
from ...assembly.template_parts import mapping, properties

_TYPES: Final = {
    "AWS::CloudFormation::Stack": "a nested stack, taken as one resource: what happens inside is not played",
    "AWS::CloudFormation::WaitCondition": "a wait condition, assumed to be signalled at once",
    "AWS::CloudFormation::Macro": "a macro, assumed to change nothing",
}
_MANAGED: Final = "CodeDeployLambdaAliasUpdate"


def not_modelled(stack: StackTemplate, changed: Collection[str], *, handled: Collection[str]) -> tuple[str, ...]:
    """Says what a release does that is not played, a sentence each.

    Args:
        stack: The stack as it is to be.
        changed: What the release creates or updates; what it leaves alone needs no words.
        handled: The aliases and waits, which are played.
    """
    resources = [stack.resources[name] for name in sorted(changed)]
    return tuple(
        f"{each.logical_id}: {words}" for each in resources for words in _found(each, each.logical_id in handled)
    )


def _found(resource: Resource, handled: bool) -> Iterator[str]:
    if resource.type in _TYPES:
        yield _TYPES[resource.type]
    if not handled and "ServiceToken" in properties(resource):
        yield f"a custom resource ({resource.type}), whose code is not run: assumed to succeed"
    if "Condition" in resource.body:
        yield "it has a condition, assumed to be true"
    for name in sorted(mapping(resource.body.get("UpdatePolicy")).keys() - {_MANAGED}):
        yield f"its update policy {name} is not played"
    if "CreationPolicy" in resource.body:
        yield "its creation policy is assumed to be met at once"
    if resource.type == "AWS::Lambda::Alias":
        yield from _of_alias(resource)


def _of_alias(alias: Resource) -> Iterator[str]:
    if "RoutingConfig" in properties(alias):
        yield "the weights that the template gives it are not played: all requests go to its version"
    if "ProvisionedConcurrencyConfig" in properties(alias):
        yield "the time that its provisioned concurrency takes is not played"
