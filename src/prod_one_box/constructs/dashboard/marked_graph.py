"""Graphs that show when releases started and how they ended."""

from collections.abc import Mapping, Sequence
from typing import Final

from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch

from ...vocabulary import ONE_BOX
from ..bake.handler.marks import NAMESPACE, STACK, WAIT, Mark
from ..bake.handler.request import WAVE
from ..frontend.one_box_frontend import OneBoxFrontend
from ..jsii_cache import logical_id_of, stack_of

MINUTE: Final = Duration.minutes(1)

_LINES: Final = {
    Mark.RELEASE_STARTED: ("release started", cloudwatch.Color.GREY),
    Mark.PROMOTED: ("promoted", cloudwatch.Color.GREEN),
    Mark.RELEASE_ABORTED: ("release aborted", cloudwatch.Color.RED),
    Mark.CONTAINED: ("contained", cloudwatch.Color.ORANGE),
    Mark.ROLLED_BACK: ("rolled back", cloudwatch.Color.PURPLE),
}
"""The label and the color of the marks of a whole release."""


class MarkedGraphs:
    """Makes uniform graphs: the left axis starts at 0, the marks of one front end's releases are on the right axis.

    The marks are metrics that the waits write, because a dashboard's vertical annotations have fixed times (CloudWatch
    API reference, "Dashboard Body Structure and Syntax") and cannot follow releases.
    """

    def __init__(self, frontend: OneBoxFrontend) -> None:
        """Define the marks of a front end's releases."""
        first = frontend.preflight
        dimensions = {STACK: stack_of(first).stack_name, WAIT: logical_id_of(first.cfn_resource)}
        started, *others = (_mark(mark, dimensions, *line) for mark, line in _LINES.items())
        self._started, self._others = started, others
        self._switched = {
            each.partition_name: _mark(
                Mark.BAKE_STARTED,
                {**dimensions, WAVE: each.partition_name},
                f"{each.partition_name} switched, bake started",
                cloudwatch.Color.BLUE,
            )
            for each in frontend.partitions[:-1]
        }

    def graph(
        self, title: str, metrics: Sequence[cloudwatch.IMetric], *, unit: str, width: int, partition: str | None = None
    ) -> cloudwatch.IWidget:
        """Make a graph.

        Args:
            title: The title.
            metrics: The metrics on the left axis.
            unit: Their unit.
            width: The width in columns.
            partition: The partition that it shows, which marks the first wave's switch and its own; default: None, it
                shows all, and marks each switch. A mark of each wave in the graphs of each partition would exceed the
                2,500 metrics that a dashboard can have (CloudWatch user guide, "CloudWatch service quotas").
        """
        marked = [name for name in self._switched if partition in (None, name) or name == ONE_BOX]
        return cloudwatch.GraphWidget(
            title=title,
            left=metrics,
            left_y_axis=cloudwatch.YAxisProps(label=unit, min=0, show_units=False),
            right=[self._started, *(self._switched[name] for name in marked), *self._others],
            # Marks are 1: the axis ends a little above, so that they are not cut off.
            right_y_axis=cloudwatch.YAxisProps(label="marks", min=0, max=1.1, show_units=False),
            width=width,
            period=MINUTE,
        )


def _mark(mark: Mark, dimensions: Mapping[str, str], label: str, color: str) -> cloudwatch.Metric:
    return cloudwatch.Metric(
        namespace=NAMESPACE,
        metric_name=mark.value,
        dimensions_map=dimensions,
        # A mark can be written twice, and a longer period can hold several: still 1.
        statistic="Maximum",
        period=MINUTE,
        label=label,
        color=color,
    )
