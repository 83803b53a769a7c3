"""GetMetricData counts the values above a bound.

The emulator answers the average for each statistic that it does not know. CloudWatch's trimmed count, such as
`TC(2000:)`, is how many values lie in a range, without those that equal its lower bound (CloudWatch user guide,
"CloudWatch statistics definitions"). Percentages as bounds are not modelled, since no release uses them.
"""

import math
import re

from ministack.services import cloudwatch

_TRIMMED_COUNT = re.compile(r"TC\(([\d.]*):([\d.]*)\)", re.IGNORECASE)


def close() -> None:
    value_of = cloudwatch._stat_value

    def stat_value(stats, statistic, points=None):
        found = _TRIMMED_COUNT.fullmatch(statistic or "")
        if not found:
            return value_of(stats, statistic, points)
        low, high = float(found[1] or "-inf"), float(found[2] or math.inf)
        return sum(each.get("Count", 1.0) for each in points or [] if low < each["Value"] <= high)

    cloudwatch._stat_value = stat_value
