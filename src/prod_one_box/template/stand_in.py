"""Stand-ins for values that are known only once a template is deployed."""

import re
from collections.abc import Iterator
from typing import Final

from .cloud_assembly import Json
from .intrinsics import text

ACCOUNT: Final = "123456789012"
REGION: Final = "us-east-1"

_PSEUDO_PARAMETERS: Final = {
    "AWS::AccountId": ACCOUNT,
    "AWS::Partition": "aws",
    "AWS::Region": REGION,
    "AWS::URLSuffix": "amazonaws.com",
}
_ODD: Final = re.compile(r"[^A-Za-z0-9.-]+")


def stand_in(value: Json) -> str:
    """Return a template's value as a string that is valid in a header or an environment variable.

    A logical id stands for the value that CloudFormation would insert, so equal values stay equal.
    """
    return "".join(_parts(text(value)))


def _parts(written: str) -> Iterator[str]:
    place = 0
    while (start := written.find("${", place)) >= 0:
        yield written[place:start]
        place = _end(written, start + 2)
        named = written[start + 2 : place - 1]
        yield _PSEUDO_PARAMETERS.get(named) or _ODD.sub("-", named).strip("-")
    yield written[place:]


def _end(written: str, start: int) -> int:
    """Return the index after the matching brace; an unresolved function is JSON with braces of its own."""
    depth = 1
    for place in range(start, len(written)):
        depth += {"{": 1, "}": -1}.get(written[place], 0)
        if not depth:
            return place + 1
    return len(written) + 1
