"""Releases on AWS serverless that reach few visitors first and go back by themselves when they hurt.

The constructs are imported on first use, so that importing this package neither starts Node nor imports `aws_cdk`.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .constructs.assets.retained_assets import RetainedAssets as RetainedAssets
    from .constructs.backend.traffic_shifted_function import TrafficShiftedFunction as TrafficShiftedFunction
    from .constructs.bake.comparison_settings import Comparison as Comparison
    from .constructs.bake.comparison_settings import ComparisonAction as ComparisonAction
    from .constructs.bake.comparison_settings import TooFewRequests as TooFewRequests
    from .constructs.bake.deploy_wait_resource import DeployWaitResource as DeployWaitResource
    from .constructs.bake.wait_settings import Guard as Guard
    from .constructs.bake.wait_settings import InsufficientData as InsufficientData
    from .constructs.canary.release_canary import ReleaseCanary as ReleaseCanary
    from .constructs.dashboard.release_dashboard import ReleaseDashboard as ReleaseDashboard
    from .constructs.edge.edge_code import EdgeRuntime as EdgeRuntime
    from .constructs.edge.partition_edge import PartitionEdge as PartitionEdge
    from .constructs.edge.partition_origins import PartitionOrigin as PartitionOrigin
    from .constructs.edge.partition_origins import rest_api_origin as rest_api_origin
    from .constructs.edge.stickiness import Stickiness as Stickiness
    from .constructs.edge.sticky_partition_distribution import (
        StickyPartitionDistribution as StickyPartitionDistribution,
    )
    from .constructs.frontend.one_box_frontend import OneBoxFrontend as OneBoxFrontend
    from .constructs.frontend.partition import Partition as Partition
    from .constructs.frontend.wave import Wave as Wave
    from .constructs.watch.alarms import http_api_alarms as http_api_alarms
    from .constructs.watch.alarms import rest_api_alarms as rest_api_alarms
    from .constructs.watch.thresholds import Thresholds as Thresholds
    from .errors import InvalidArgumentError as InvalidArgumentError
    from .rehearsal.assumptions import Assumptions as Assumptions
    from .rehearsal.plan.release_plan import Disturbance as Disturbance
    from .rehearsal.rehearse import rehearse as rehearse
    from .rehearsal.report.limits import Limits as Limits
    from .rehearsal.report.report import Report as Report
    from .rehearsal.visitors.faults import Fault as Fault
    from .rehearsal.visitors.page_request import PageRequest as PageRequest
    from .rehearsal.visitors.population import Population as Population
    from .template.cloud_assembly import AssemblyError as AssemblyError

_HOMES = {
    "AssemblyError": ".template.cloud_assembly",
    "Assumptions": ".rehearsal.assumptions",
    "Comparison": ".constructs.bake.comparison_settings",
    "ComparisonAction": ".constructs.bake.comparison_settings",
    "DeployWaitResource": ".constructs.bake.deploy_wait_resource",
    "Disturbance": ".rehearsal.plan.release_plan",
    "EdgeRuntime": ".constructs.edge.edge_code",
    "Fault": ".rehearsal.visitors.faults",
    "Guard": ".constructs.bake.wait_settings",
    "InsufficientData": ".constructs.bake.wait_settings",
    "InvalidArgumentError": ".errors",
    "Limits": ".rehearsal.report.limits",
    "OneBoxFrontend": ".constructs.frontend.one_box_frontend",
    "PageRequest": ".rehearsal.visitors.page_request",
    "Partition": ".constructs.frontend.partition",
    "PartitionEdge": ".constructs.edge.partition_edge",
    "PartitionOrigin": ".constructs.edge.partition_origins",
    "Population": ".rehearsal.visitors.population",
    "ReleaseCanary": ".constructs.canary.release_canary",
    "ReleaseDashboard": ".constructs.dashboard.release_dashboard",
    "Report": ".rehearsal.report.report",
    "RetainedAssets": ".constructs.assets.retained_assets",
    "Stickiness": ".constructs.edge.stickiness",
    "StickyPartitionDistribution": ".constructs.edge.sticky_partition_distribution",
    "Thresholds": ".constructs.watch.thresholds",
    "TooFewRequests": ".constructs.bake.comparison_settings",
    "TrafficShiftedFunction": ".constructs.backend.traffic_shifted_function",
    "Wave": ".constructs.frontend.wave",
    "rehearse": ".rehearsal.rehearse",
    "http_api_alarms": ".constructs.watch.alarms",
    "rest_api_alarms": ".constructs.watch.alarms",
    "rest_api_origin": ".constructs.edge.partition_origins",
}

__all__ = sorted(_HOMES)  # noqa: PLE0605


def __getattr__(name: str) -> object:
    """Import a public name from its module."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOMES[name], __name__), name)


def __dir__() -> list[str]:
    """Return the public names."""
    return list(__all__)
