"""The name of an edge function, which decides when CloudFormation replaces it."""

import hashlib
import json
from collections.abc import Mapping
from typing import Final

import jsii
from aws_cdk import IResolveContext, IStringProducer

_LONGEST_NAME: Final = 64
"""CloudFormation template reference, "AWS::CloudFront::Function"."""

_LONGEST_END: Final = len("-response-123456")

LONGEST_BEGINNING: Final = _LONGEST_NAME - _LONGEST_END


@jsii.implements(IStringProducer)
class FunctionName:
    """Names a function for the origins that its code chooses: other origins make another function.

    CloudFormation updates what is referred to first: a function updated in place would choose origins that its
    distribution does not have yet. Under another name it is another function, which the distribution takes
    together with the origins, in one update of its configuration.
    """

    def __init__(self, beginning: str, subject: str) -> None:
        """Prepare the name.

        Args:
            beginning: What tells the edge from all others of the account, up to `LONGEST_BEGINNING` characters.
            subject: `request` or `response`.
        """
        self._beginning = f"{beginning}-{subject}"
        self.origins: Mapping[str, str] = {}

    def produce(self, context: IResolveContext) -> str:  # noqa: ARG002  # CDK passes it
        """Return the name, once the origins have ids."""
        said = json.dumps(self.origins, sort_keys=True)
        return f"{self._beginning}-{hashlib.sha256(said.encode()).hexdigest()[:6]}"
