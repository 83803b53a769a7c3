"""A CloudWatch dashboard with a row for each part of a release, in the order of the release."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import aws_cdk as cdk
from aws_cdk import aws_cloudfront as cloudfront
from aws_cdk import aws_cloudwatch as cloudwatch
from constructs import Construct

from ...errors import InvalidArgumentError, check_kind, check_list
from ..backend.traffic_shifted_function import TrafficShiftedFunction
from ..frontend.one_box_frontend import OneBoxFrontend
from ..jsii_cache import path_of, region_of, remember_place
from ..synth_check import check_at_synth
from .marked_graph import MarkedGraphs
from .rows import alarm_rows, backend_row, canary_row, distribution_row, partition_rows

if TYPE_CHECKING:  # Only a dashboard with canaries loads them.
    from aws_cdk import aws_synthetics as synthetics

    from ..canary.release_canary import ReleaseCanary


class ReleaseDashboard(Construct):
    """A CloudWatch dashboard of a release: its alarms, both backend versions, all partitions, the site.

    The rows are in the order of a release. Every graph shows the marks that the release's waits write: release started,
    each wave switched (in a partition's graphs the first wave and its own), promoted, aborted, contained, rolled back.
    They are metrics, since an annotation has a fixed time (CloudWatch API reference, "Dashboard Body Structure and
    Syntax").

    Attributes:
        dashboard: The dashboard.
    """

    dashboard: cloudwatch.Dashboard

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        frontend: OneBoxFrontend,
        backends: Sequence[TrafficShiftedFunction] = (),
        distribution: cloudfront.IDistribution | None = None,
        canaries: "Sequence[ReleaseCanary | synthetics.Canary]" = (),
        dashboard_name: str | None = None,
    ) -> None:
        """Make the dashboard.

        Args:
            scope: The scope, in the front end's region.
            id: The id in the scope.
            frontend: The front end whose releases are shown. Make the dashboard after the last
                `frontend.add_alarm`, so that it shows all alarms.
            backends: The backends that are shifted before; default: none, no rows for backends.
            distribution: The distribution in front of the partitions; default: None, no row for it.
            canaries: Canaries that visit the site, also your own; default: none, no row for canaries.
            dashboard_name: The dashboard's name, unique in the account; default: None, a name that CloudFormation
                generates.

        Raises:
            InvalidArgumentError: If an argument is of another kind, or the front end is in another region, where its
                metrics are. At synth: if the front end got an alarm after the dashboard was made.
        """
        super().__init__(scope, id)
        remember_place(scope, self, id)
        self._path = path_of(self)
        self._check_kinds(frontend, backends, distribution)
        self._check_region(frontend)
        self._frontend = frontend
        self._shown_alarms = len(frontend.alarms)
        graphs = MarkedGraphs(frontend)
        cdk_canaries = _cdk_canaries(canaries, self._path)
        shifts = [alarm for backend in backends for alarm in backend.version_alarms]
        rows = [
            *alarm_rows(self, "Shift", "Red, they end the backend's shift", shifts),
            *alarm_rows(self, "Bake", "Red, they end the release", frontend.alarms),
            *(backend_row(graphs, backend) for backend in backends),
            *partition_rows(graphs, frontend.partitions),
            *([distribution_row(graphs, distribution)] if distribution is not None else []),
            *([canary_row(graphs, cdk_canaries)] if cdk_canaries else []),
        ]
        self.dashboard = cloudwatch.Dashboard(
            self, "Dashboard", dashboard_name=dashboard_name, default_interval=cdk.Duration.hours(3), widgets=rows
        )
        check_at_synth(self, self._check_complete)

    def _check_kinds(self, frontend: object, backends: object, distribution: object) -> None:
        path = self._path
        check_kind(frontend, OneBoxFrontend, path=path, argument="frontend", allowed="a OneBoxFrontend")
        allowed = "a list of TrafficShiftedFunction"
        check_list(backends, TrafficShiftedFunction, path=path, argument="backends", allowed=allowed)
        if distribution is not None:
            allowed = "a distribution (cloudfront.IDistribution)"
            remedy = "Of a StickyPartitionDistribution, give its `distribution`."
            kind = cloudfront.IDistribution
            check_kind(distribution, kind, path=path, argument="distribution", allowed=allowed, remedy=remedy)

    def _check_region(self, frontend: OneBoxFrontend) -> None:
        here, there = region_of(self), region_of(frontend)
        if here != there and not cdk.Token.is_unresolved(here) and not cdk.Token.is_unresolved(there):
            raise InvalidArgumentError(
                path=self._path,
                argument="frontend",
                given=f"{frontend.node.path}, which is in {there}",
                allowed=f"a front end of the dashboard's own region, {here}",
                remedy="Make the dashboard in the front end's stack: CloudWatch shows it in every region.",
            )

    def _check_complete(self) -> None:
        """Raise if the front end got alarms later: a dashboard without them looks quiet while a release ends."""
        later = [alarm.node.path for alarm in self._frontend.alarms[self._shown_alarms :]]
        if later:
            raise InvalidArgumentError(
                path=self._path,
                argument="frontend",
                given=f"a front end that got more alarms since then: {', '.join(later)}",
                allowed="a front end with all its alarms",
                remedy="Make the dashboard after the last add_alarm.",
            )


def _cdk_canaries(canaries: "Sequence[ReleaseCanary | synthetics.Canary]", path: str) -> "list[synthetics.Canary]":
    if canaries == ():
        return []
    from aws_cdk import aws_synthetics as synthetics  # noqa: PLC0415

    from ..canary.release_canary import ReleaseCanary  # noqa: PLC0415

    allowed = "a list of ReleaseCanary and synthetics.Canary"
    check_list(canaries, (ReleaseCanary, synthetics.Canary), path=path, argument="canaries", allowed=allowed)
    return [each.canary if isinstance(each, ReleaseCanary) else each for each in canaries]
