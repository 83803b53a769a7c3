"""Percentages, which look like fractions of 1 when they are small."""

from aws_cdk import Annotations
from constructs import IConstruct


def warn_of_fraction(scope: IConstruct, *, argument: str, given: float | None) -> None:
    """Warns of a percentage between 0 and 1: it may be meant, or a fraction of 1 may.

    Args:
        scope: The construct that gets the warning, which `Annotations.acknowledge_warning` takes off.
        argument: The name of the argument.
        given: The percentage; None passes.
    """
    if given is not None and 0 < given < 1:
        Annotations.of(scope).add_warning_v2(
            "prod-one-box:belowOnePercent",
            f"{argument}: {given:g} means {given:g} %, of 100. For {100 * given:g} % write {100 * given:g}.",
        )
