"""Why the constructs leave some findings of cdk-nag's AwsSolutions pack as they are."""

from collections.abc import Mapping

from aws_cdk import Acknowledgment, Validations
from constructs import IConstruct


def acknowledge(construct: IConstruct, reasons: Mapping[str, str]) -> None:
    """Acknowledges findings on a construct and what is in it; cdk-nag still lists them, with the reasons.

    Args:
        construct: The construct.
        reasons: The reason for each rule, such as "APIG4" or "IAM4[Policy::…]"; any other finding is still an error.
    """
    Validations.of(construct).acknowledge(
        *(Acknowledgment(id=f"AwsSolutions::AwsSolutions-{rule}", reason=reason) for rule, reason in reasons.items())
    )
