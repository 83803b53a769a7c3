"""Finds the policy of this app that a behavior names."""

from typing import TypeVar, cast

from aws_cdk import Reference, Token, Tokenization
from aws_cdk import aws_cloudfront as cloudfront
from constructs import Construct

from ..made import stack_of

_Policy = TypeVar("_Policy", cloudfront.CfnCachePolicy, cloudfront.CfnOriginRequestPolicy)


def policy_of_this_app(policy_id: object, kind: type[_Policy], distribution: Construct) -> _Policy | None:
    """Finds a policy, from whichever stack.

    Args:
        policy_id: Its id as the behavior has it: a literal, a token, or what a token resolved to.
        kind: What the policy is.
        distribution: The distribution, in whose stack a token is resolved.

    Returns:
        The policy; None if it is a managed or an imported one.
    """
    if isinstance(policy_id, str):
        target = _target(policy_id)
        return target if isinstance(target, kind) else None
    stack = stack_of(distribution)
    policies = [one for one in distribution.node.root.node.find_all() if isinstance(one, kind)]
    return next((one for one in policies if policy_id in (stack.resolve(one.ref), stack.resolve(one.attr_id))), None)


def _target(policy_id: str) -> object:
    """Finds what a token refers to."""
    if not Token.is_unresolved(policy_id):
        return None
    token = Tokenization.reverse_string(policy_id).first_token
    return cast("Reference", token).target if token is not None and Reference.is_reference(token) else None
