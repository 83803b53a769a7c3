"""The names that the construct, the handler and the provider framework must agree on."""

from typing import Final

RELEASE_ID: Final = "ReleaseId"
DURATION_SECONDS: Final = "DurationSeconds"
GRACE_SECONDS: Final = "GraceSeconds"
ALARMS: Final = "Alarms"
BAKED: Final = "Baked"
CONTAINED: Final = "Contained"
INSUFFICIENT_DATA: Final = "InsufficientData"
FORCED_REASON: Final = "ForcedReason"
EXPEDITED_REASON: Final = "ExpeditedReason"
STARTED_BY: Final = "StartedBy"

ALIAS: Final = "Alias"
VERSION: Final = "Version"

LOGICAL_ID: Final = "LogicalId"
NAME: Final = "Name"
REGION: Final = "Region"
COMPOSITE: Final = "Composite"

RED: Final = "RED"
TRUE: Final = "true"

STARTED_AT: Final = "StartedAt"
"""What onEvent answers; the provider framework merges it into the event of every poll."""
