"""The guards of a release that a reason can override."""

from enum import Enum


class Guard(Enum):
    """What keeps a release from beginning, unless `override` gives a reason to begin it all the same.

    Each is overridden apart: a reason for one opens no other. What an update leaves behind that is not rolled back is
    in the CloudFormation user guide, "Choose how to handle failures when provisioning resources".
    """

    RED_ALARMS = "RED_ALARMS"
    """An alarm is red. Overridden, the alarms that were red when the release began are ignored, the others watched."""

    ROLLBACK_DISABLED = "ROLLBACK_DISABLED"
    """CloudFormation would not roll this update back: rollback is disabled (`cdk deploy --no-rollback`), or the update
    is an express deployment (`cdk deploy --express`), which disables it by default and does not wait until resources
    are ready (CloudFormation user guide, "Deploy AWS CloudFormation stacks faster with express mode"). Overridden, the
    release goes out; when it fails, its partitions are put back, and the stack stays in `UPDATE_FAILED`."""
