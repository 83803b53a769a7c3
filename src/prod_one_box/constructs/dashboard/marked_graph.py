"""Graphs that show when releases began and what became of them."""

from collections.abc import Sequence
from typing import Final

from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch

from ..bake.deploy_wait_resource import DeployWaitResource
from ..bake.handler.request import MARKS, STACK, WAIT, Mark
from ..jsii_cache import stack_of

MINUTE: Final = Duration.minutes(1)

_COLORS: Final = {
    Mark.RELEASE_STARTED: cloudwatch.Color.GREY,
    Mark.BAKE_STARTED: cloudwatch.Color.BLUE,
    Mark.PROMOTED: cloudwatch.Color.GREEN,
    Mark.RELEASE_ABORTED: cloudwatch.Color.RED,
    Mark.CONTAINED: cloudwatch.Color.ORANGE,
    Mark.ROLLED_BACK: cloudwatch.Color.PURPLE,
}
_LABELS: Final = {
    Mark.RELEASE_STARTED: "release started",
    Mark.BAKE_STARTED: "one-box switched, bake started",
    Mark.PROMOTED: "promoted",
    Mark.RELEASE_ABORTED: "release aborted",
    Mark.CONTAINED: "contained",
    Mark.ROLLED_BACK: "rolled back",
}


class MarkedGraphs:
    """Makes graphs alike: the axis on the left starts at 0, the marks of one front end's releases are on the right.

    A dashboard's vertical annotations stand at times that are fixed in its body (CloudWatch API reference, "Dashboard
    Body Structure and Syntax"), so they cannot follow releases; the marks are metrics that the waits write.
    """

    def __init__(self, first_wait: DeployWaitResource) -> None:
        """Finds the marks.

        Args:
            first_wait: The wait at the beginning of the releases.
        """
        dimensions = {
            STACK: stack_of(first_wait).stack_name,
            WAIT: first_wait.cfn_resource.logical_id,
        }
        self._marks = [_mark(mark, dimensions) for mark in Mark]

    def graph(self, title: str, metrics: Sequence[cloudwatch.IMetric], *, unit: str, width: int) -> cloudwatch.IWidget:
        """Makes a graph.

        Args:
            title: Its title.
            metrics: What it shows.
            unit: The label of the axis.
            width: Its width in the dashboard's 24 columns.
        """
        return cloudwatch.GraphWidget(
            title=title,
            left=metrics,
            left_y_axis=cloudwatch.YAxisProps(label=unit, min=0, show_units=False),
            right=self._marks,
            # Marks are 1: a little above, so that the edge does not cut them.
            right_y_axis=cloudwatch.YAxisProps(label="marks", min=0, max=1.1, show_units=False),
            width=width,
            period=MINUTE,
        )


def _mark(mark: Mark, dimensions: dict[str, str]) -> cloudwatch.Metric:
    return cloudwatch.Metric(
        namespace=MARKS,
        metric_name=mark.value,
        dimensions_map=dimensions,
        # A mark can be written twice, and a longer period can hold several: still 1.
        statistic="Maximum",
        period=MINUTE,
        label=_LABELS[mark],
        color=_COLORS[mark],
    )
