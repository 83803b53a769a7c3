"""What a `ReleaseDashboard` was asked to show, checked."""

from aws_cdk import aws_cloudfront as cloudfront
from aws_cdk import aws_synthetics as synthetics

from ..backend.traffic_shifted_function import TrafficShiftedFunction
from ..canary.release_canary import ReleaseCanary
from ..errors import check_kind, check_list
from ..frontend.one_box_frontend import OneBoxFrontend


def check_shown(*, frontend: object, backends: object, distribution: object, canaries: object, path: str) -> None:
    """Refuses what has no graphs here.

    Args:
        frontend: What the user gave; the same for the others.
        backends: The backends.
        distribution: The distribution; None if it has no row.
        canaries: The canaries.
        path: The dashboard's path.

    Raises:
        InvalidArgumentError: If one of them is of another kind.
    """
    check_kind(frontend, OneBoxFrontend, path=path, argument="frontend", allowed="a OneBoxFrontend")
    check_list(
        backends, TrafficShiftedFunction, path=path, argument="backends", allowed="a list of TrafficShiftedFunction"
    )
    if distribution is not None:
        check_kind(
            distribution,
            cloudfront.IDistribution,
            path=path,
            argument="distribution",
            allowed="a distribution (cloudfront.IDistribution)",
            remedy="Of a StickyPartitionDistribution, give its `distribution`.",
        )
    check_list(
        canaries,
        (ReleaseCanary, synthetics.Canary),
        path=path,
        argument="canaries",
        allowed="a list of ReleaseCanary and synthetics.Canary",
    )
