"""The marks: metrics that say when a release reached a milestone; dashboards and later releases read them."""

from enum import Enum
from typing import Final

NAMESPACE: Final = "ProdOneBox"
"""The marks' namespace: metrics that are 1 in the minute in which a release reached a milestone."""

STACK: Final = "Stack"
WAIT: Final = "Wait"
"""A mark's dimensions: the stack's name, and the logical id of the wait that starts the release. `BakeStarted` is also
written with a third one, `WAVE`."""


class Mark(Enum):
    """The milestones of a release, in this order; the values are the metrics' names."""

    RELEASE_STARTED = "ReleaseStarted"
    BAKE_STARTED = "BakeStarted"
    PROMOTED = "Promoted"
    RELEASE_ABORTED = "ReleaseAborted"
    CONTAINED = "Contained"
    ROLLED_BACK = "RolledBack"
