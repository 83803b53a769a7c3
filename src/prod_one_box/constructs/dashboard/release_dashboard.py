"""A dashboard that reads as a release does.

What a `ReleaseDashboard` was asked to show, checked.

A dashboard that left an alarm out would look quiet while a release ends.
"""

from collections.abc import Sequence

import aws_cdk as cdk
import jsii
from aws_cdk import aws_cloudfront as cloudfront
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_synthetics as synthetics
from constructs import Construct, IValidation

from ...errors import InvalidArgumentError, check_kind, check_list
from ..backend.traffic_shifted_function import TrafficShiftedFunction
from ..canary.release_canary import ReleaseCanary
from ..frontend.one_box_frontend import OneBoxFrontend
from ..jsii_cache import made_in, path_of, stack_of
from .marked_graph import MarkedGraphs
from .rows import alarm_rows, backend_row, canary_row, distribution_row, partition_rows


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


@jsii.implements(IValidation)
class EveryAlarmIsShown:
    """Refuses a front end that has got an alarm after its dashboard was made."""

    def __init__(self, frontend: OneBoxFrontend, *, path: str) -> None:
        """Remembers which alarms are shown.

        Args:
            frontend: The front end.
            path: The dashboard's path.
        """
        self._frontend = frontend
        self._path = path
        self._shown = len(frontend.alarms)

    def validate(self) -> list[str]:
        """Names the alarms that came later."""
        later = [alarm.node.path for alarm in self._frontend.alarms[self._shown :]]
        if not later:
            return []
        error = InvalidArgumentError(
            path=self._path,
            argument="frontend",
            given=f"a front end that watches since then {', '.join(later)}",
            allowed="a front end with all its alarms",
            remedy="Make the dashboard after the last add_alarm.",
        )
        return [str(error)]


class ReleaseDashboard(Construct):
    """A CloudWatch dashboard of a release: its alarms, both backend versions, both partitions, the site.

    The rows stand in the order of a release. Every graph carries the marks that the release's waits write: the release
    started, the one-box switched, promoted, aborted, contained, rolled back. They are metrics, since an annotation
    stands at a time that is fixed in the body (CloudWatch API reference, "Dashboard Body Structure and Syntax").

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
        canaries: Sequence[ReleaseCanary | synthetics.Canary] = (),
        dashboard_name: str | None = None,
    ) -> None:
        """Makes the dashboard.

        Args:
            scope: Where it belongs, in the front end's region.
            id: Its id there.
            frontend: The front end whose releases are shown. Make the dashboard after the last
                `frontend.add_alarm`, so that it shows all alarms.
            backends: The backends that are shifted before; default: none, which means no rows of theirs.
            distribution: The distribution in front of both partitions; default: None, which means no row of it.
            canaries: Canaries on the site, whoever made them; default: none, which means no row of theirs.
            dashboard_name: The dashboard's name, unique in the account; default: None, which means that
                CloudFormation makes one.

        Raises:
            InvalidArgumentError: If the front end is of another region, whose metrics would not be found. At synth: if
                the front end has got an alarm after the dashboard was made.
        """
        super().__init__(scope, id)
        made_in(scope, self, id)
        path = path_of(self)
        check_shown(frontend=frontend, backends=backends, distribution=distribution, canaries=canaries, path=path)
        self._refuse_another_region(frontend)
        graphs = MarkedGraphs(frontend.preflight)
        made = [each.canary if isinstance(each, ReleaseCanary) else each for each in canaries]
        rows = [
            *self._alarm_rows(frontend, backends),
            *(backend_row(graphs, backend) for backend in backends),
            *partition_rows(graphs, frontend.one_box, frontend.regular),
            *([distribution_row(graphs, distribution)] if distribution is not None else []),
            *([canary_row(graphs, made)] if made else []),
        ]
        self.dashboard = cloudwatch.Dashboard(
            self, "Dashboard", dashboard_name=dashboard_name, default_interval=cdk.Duration.hours(3), widgets=rows
        )
        self.node.add_validation(EveryAlarmIsShown(frontend, path=path))

    def _alarm_rows(
        self, frontend: OneBoxFrontend, backends: Sequence[TrafficShiftedFunction]
    ) -> list[list[cloudwatch.IWidget]]:
        shifts = [alarm for backend in backends for alarm in backend.version_alarms]
        return [
            *alarm_rows(self, "Shift", "Red, they end the backend's shift", shifts),
            *alarm_rows(self, "Bake", "Red, they end the release in its preflight or bake", frontend.alarms),
        ]

    def _refuse_another_region(self, frontend: OneBoxFrontend) -> None:
        here, there = stack_of(self).region, stack_of(frontend).region
        if here != there and not cdk.Token.is_unresolved(here) and not cdk.Token.is_unresolved(there):
            raise InvalidArgumentError(
                path=self.node.path,
                argument="frontend",
                given=f"{frontend.node.path}, which is in {there}",
                allowed=f"a front end of the dashboard's own region, {here}",
                remedy="Make the dashboard in the front end's stack: CloudWatch shows it in every region.",
            )
