"""Releases on AWS serverless that reach few visitors first and go back by themselves when they hurt.

The constructs are imported when they are first asked for, so that importing this package starts no
Node process and reads nothing from `aws_cdk`.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .assembly.cloud_assembly import AssemblyError as AssemblyError
    from .assets.retained_assets import RetainedAssets as RetainedAssets
    from .backend.traffic_shifted_function import TrafficShiftedFunction as TrafficShiftedFunction
    from .bake.deploy_wait_resource import DeployWaitResource as DeployWaitResource
    from .bake.guard import Guard as Guard
    from .bake.insufficient_data import InsufficientData as InsufficientData
    from .canary.release_canary import ReleaseCanary as ReleaseCanary
    from .dashboard.release_dashboard import ReleaseDashboard as ReleaseDashboard
    from .edge.edge_runtime import EdgeRuntime as EdgeRuntime
    from .edge.partition_edge import PartitionEdge as PartitionEdge
    from .edge.rest_api_origin import rest_api_origin as rest_api_origin
    from .edge.stickiness import Stickiness as Stickiness
    from .edge.sticky_partition_distribution import (
        StickyPartitionDistribution as StickyPartitionDistribution,
    )
    from .errors import InvalidArgumentError as InvalidArgumentError
    from .frontend.one_box_frontend import OneBoxFrontend as OneBoxFrontend
    from .frontend.partition import Partition as Partition
    from .rehearsal.assumptions import Assumptions as Assumptions
    from .rehearsal.rehearse import rehearse as rehearse
    from .rehearsal.release.release_plan import Disturbance as Disturbance
    from .rehearsal.report.limits import Limits as Limits
    from .rehearsal.report.report import Report as Report
    from .rehearsal.visitors.faults import Fault as Fault
    from .rehearsal.visitors.page_request import PageRequest as PageRequest
    from .rehearsal.visitors.population import Population as Population
    from .watch.alarms import http_api_alarms as http_api_alarms
    from .watch.alarms import rest_api_alarms as rest_api_alarms
    from .watch.thresholds import Thresholds as Thresholds

_HOMES = {
    "AssemblyError": ".assembly.cloud_assembly",
    "Assumptions": ".rehearsal.assumptions",
    "DeployWaitResource": ".bake.deploy_wait_resource",
    "Disturbance": ".rehearsal.release.release_plan",
    "EdgeRuntime": ".edge.edge_runtime",
    "Fault": ".rehearsal.visitors.faults",
    "Guard": ".bake.guard",
    "InsufficientData": ".bake.insufficient_data",
    "InvalidArgumentError": ".errors",
    "Limits": ".rehearsal.report.limits",
    "OneBoxFrontend": ".frontend.one_box_frontend",
    "PageRequest": ".rehearsal.visitors.page_request",
    "Partition": ".frontend.partition",
    "PartitionEdge": ".edge.partition_edge",
    "Population": ".rehearsal.visitors.population",
    "ReleaseCanary": ".canary.release_canary",
    "ReleaseDashboard": ".dashboard.release_dashboard",
    "Report": ".rehearsal.report.report",
    "RetainedAssets": ".assets.retained_assets",
    "Stickiness": ".edge.stickiness",
    "StickyPartitionDistribution": ".edge.sticky_partition_distribution",
    "Thresholds": ".watch.thresholds",
    "TrafficShiftedFunction": ".backend.traffic_shifted_function",
    "rehearse": ".rehearsal.rehearse",
    "http_api_alarms": ".watch.alarms",
    "rest_api_alarms": ".watch.alarms",
    "rest_api_origin": ".edge.rest_api_origin",
}

__all__ = sorted(_HOMES)  # noqa: PLE0605


def __getattr__(name: str) -> object:
    """Imports a public name from the file that holds it."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOMES[name], __name__), name)


def __dir__() -> list[str]:
    """Lists the public names."""
    return list(__all__)
