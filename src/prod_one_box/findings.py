"""Why the constructs leave some findings of cdk-nag's AwsSolutions pack as they are."""

from collections.abc import Mapping
from typing import Any, cast

from aws_cdk import Acknowledgment, Validations
from constructs import IConstruct


def in_findings(arn: object) -> str:
    """Write an ARN as cdk-nag does, with each reference in angle brackets.

    Args:
        arn: The resolved ARN. Whether its partition is a reference depends on the app's feature flags.
    """
    if isinstance(arn, str):
        return arn
    (function, argument), *_ = dict(cast("Mapping[str, Any]", arn)).items()
    if function == "Fn::Join":
        return "".join(map(in_findings, argument[1]))
    return f"<{argument if function == 'Ref' else '.'.join(argument)}>"


def acknowledge(construct: IConstruct, reasons: Mapping[str, str]) -> None:
    """Acknowledges findings on a construct and what is in it; cdk-nag still lists them, with the reasons.

    Args:
        construct: The construct.
        reasons: The reason for each rule, such as "APIG4" or "IAM4[Policy::…]"; any other finding is still an error.
    """
    Validations.of(construct).acknowledge(
        *(Acknowledgment(id=f"AwsSolutions::AwsSolutions-{rule}", reason=reason) for rule, reason in reasons.items())
    )
