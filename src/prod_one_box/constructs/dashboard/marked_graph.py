"""Graphs that show when releases started and how they ended."""

from collections.abc import Sequence
from typing import Final

from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch

from ..bake.deploy_wait_resource import DeployWaitResource
from ..bake.handler.request import MARKS, STACK, WAIT, Mark
from ..jsii_cache import logical_id_of, stack_of

MINUTE: Final = Duration.minutes(1)

_LINES: Final = {
    Mark.RELEASE_STARTED: ("release started", cloudwatch.Color.GREY),
    Mark.BAKE_STARTED: ("one-box switched, bake started", cloudwatch.Color.BLUE),
    Mark.PROMOTED: ("promoted", cloudwatch.Color.GREEN),
    Mark.RELEASE_ABORTED: ("release aborted", cloudwatch.Color.RED),
    Mark.CONTAINED: ("contained", cloudwatch.Color.ORANGE),
    Mark.ROLLED_BACK: ("rolled back", cloudwatch.Color.PURPLE),
}
"""The label and the color of each mark."""


class MarkedGraphs:
    """Makes uniform graphs: the left axis starts at 0, the marks of one front end's releases are on the right axis.

    The marks are metrics that the waits write, because a dashboard's vertical annotations have fixed times (CloudWatch
    API reference, "Dashboard Body Structure and Syntax") and cannot follow releases.
    """

    def __init__(self, first_wait: DeployWaitResource) -> None:
        """Define the marks of the releases that start with a wait."""
        dimensions = {STACK: stack_of(first_wait).stack_name, WAIT: logical_id_of(first_wait.cfn_resource)}
        self._marks = [
            cloudwatch.Metric(
                namespace=MARKS,
                metric_name=mark.value,
                dimensions_map=dimensions,
                # A mark can be written twice, and a longer period can hold several: still 1.
                statistic="Maximum",
                period=MINUTE,
                label=_LINES[mark][0],
                color=_LINES[mark][1],
            )
            for mark in Mark
        ]

    def graph(self, title: str, metrics: Sequence[cloudwatch.IMetric], *, unit: str, width: int) -> cloudwatch.IWidget:
        """Make a graph."""
        return cloudwatch.GraphWidget(
            title=title,
            left=metrics,
            left_y_axis=cloudwatch.YAxisProps(label=unit, min=0, show_units=False),
            right=self._marks,
            # Marks are 1: the axis ends a little above, so that they are not cut off.
            right_y_axis=cloudwatch.YAxisProps(label="marks", min=0, max=1.1, show_units=False),
            width=width,
            period=MINUTE,
        )
