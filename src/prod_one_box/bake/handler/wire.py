"""The names that the construct, the handler and the provider framework must agree on."""

from enum import Enum
from typing import Final

RELEASE_ID: Final = "ReleaseId"
DURATION_SECONDS: Final = "DurationSeconds"
GRACE_SECONDS: Final = "GraceSeconds"
ALARMS: Final = "Alarms"
BAKED: Final = "Baked"
CONTAINED: Final = "Contained"
INSUFFICIENT_DATA: Final = "InsufficientData"
OVERRIDES: Final = "Overrides"
EXPEDITED_REASON: Final = "ExpeditedReason"
STARTED_BY: Final = "StartedBy"

ALIAS: Final = "Alias"
VERSION: Final = "Version"

LOGICAL_ID: Final = "LogicalId"
NAME: Final = "Name"
REGION: Final = "Region"
COMPOSITE: Final = "Composite"

RED_ALARMS: Final = "RED_ALARMS"
ROLLBACK_DISABLED: Final = "ROLLBACK_DISABLED"

RED: Final = "RED"
TRUE: Final = "true"

STARTED_AT: Final = "StartedAt"
"""What onEvent answers; the provider framework merges it into the event of every poll."""

MARKS: Final = "ProdOneBox"
"""The namespace of the marks, which are metrics: 1 in the minute in which something became of a release."""

STACK: Final = "Stack"
WAIT: Final = "Wait"
"""A mark's two dimensions: the stack's name, and the logical id of the wait at the release's beginning."""


class Mark(Enum):
    """What can become of a release, in this order; the values are the metrics' names."""

    RELEASE_STARTED = "ReleaseStarted"
    BAKE_STARTED = "BakeStarted"
    PROMOTED = "Promoted"
    RELEASE_ABORTED = "ReleaseAborted"
    CONTAINED = "Contained"
    ROLLED_BACK = "RolledBack"
