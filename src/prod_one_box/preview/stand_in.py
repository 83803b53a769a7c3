"""What stands for values that are known only when a template is deployed."""

import re
from typing import Final

from ..assembly.canonical import text
from ..assembly.cloud_assembly import Json

ACCOUNT: Final = "123456789012"
REGION: Final = "us-east-1"

_PSEUDO_PARAMETERS: Final = {
    "AWS::AccountId": ACCOUNT,
    "AWS::Partition": "aws",
    "AWS::Region": REGION,
    "AWS::URLSuffix": "amazonaws.com",
}
_NAMED: Final = re.compile(r"\$\{([^}]+)\}")
_ODD: Final = re.compile(r"[^A-Za-z0-9.-]+")


def stand_in(value: Json) -> str:
    """Writes a value of a template as one string that can stand in a header or an environment.

    A resource's id stands for what CloudFormation would make of it, so that equal values stay equal.
    """
    return _NAMED.sub(lambda found: _PSEUDO_PARAMETERS.get(found[1]) or _ODD.sub("-", found[1]).strip("-"), text(value))
