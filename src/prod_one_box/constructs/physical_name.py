"""Names that AWS wants unique in a region or in an account, distinguished by the stack's own name."""

from typing import Final

from aws_cdk import Names
from constructs import Construct

from .jsii_cache import region_of

_LONGEST_REGION: Final = 14  # such as ap-southeast-1


def name_in_region(construct: Construct, *, longest: int) -> str:
    """Build a name, of at most `longest` characters, that no other construct in the account and region has.

    It ends in a hash of the stack's name and the construct's path in the stack. CDK derives the names of cache policies
    and canaries from the construct's path in the app instead, which stacks of several apps, or of several synths of
    one, have in common; the names of long paths do not end in a hash.
    """
    return Names.unique_resource_name(construct, max_length=longest, allowed_special_characters="-_")


def name_in_account(construct: Construct, *, longest: int) -> str:
    """Build such a name for a service that has one namespace for all regions of the account, such as CloudFront."""
    name = name_in_region(construct, longest=longest - _LONGEST_REGION - 1)
    return f"{name}-{region_of(construct)}"
