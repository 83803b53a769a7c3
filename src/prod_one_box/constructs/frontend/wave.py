"""One step of a release: a share of the visitors, and how long the release is watched after it has reached them."""

from dataclasses import dataclass, field

import aws_cdk as cdk


def _ten_minutes() -> cdk.Duration:
    return cdk.Duration.minutes(10)


@dataclass(frozen=True, kw_only=True)
class Wave:
    """A partition's turn in a release, before the regular partition's.

    Visitors never move: a wave is a partition with a front end of its own, which every release reaches at the same
    place in its order.

    Attributes:
        share: The percentage of visitors in the wave's partition, 0 to 100 in steps of 0.01. Default: 20.
        bake_time: How long the release is watched once it has reached the wave: long enough for the alarms to fire, 4
            minutes with the default thresholds, up to 55 minutes. Default: 10 minutes.
        shares_function: Whether the wave's alias is one more alias of the function of the wave before it, instead of
            on a function of its own. Warm execution environments belong to a version (Lambda developer guide,
            "Understanding the Lambda execution environment lifecycle"), so a small partition has fewer cold starts
            while both are on one version; but a version that hangs uses the concurrency of both. Default: False.
    """

    share: float = 20
    bake_time: cdk.Duration = field(default_factory=_ten_minutes)
    shares_function: bool = False
