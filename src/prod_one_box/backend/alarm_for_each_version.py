"""An alarm that is a new resource for each version."""

import aws_cdk as cdk
import jsii
from aws_cdk import aws_cloudwatch, aws_lambda

_HASH_LENGTH = 32
_LONGEST_ID = 255


def renew_with_version(alarm: aws_cloudwatch.Alarm, version: aws_lambda.Version) -> None:
    """Makes CloudFormation create the alarm anew for each version of the function.

    An update leaves an alarm's state as it is (CloudWatch API reference, 'PutMetricAlarm'): an alarm that the old
    version made red would stop the release that mends it. So the alarm's logical id ends, as the version's does, in
    the hash of the function, which CDK computes when it synthesizes.

    Args:
        alarm: The alarm.
        version: The function's current version.
    """
    resource, of_version = alarm.node.default_child, version.node.default_child
    if isinstance(resource, cdk.CfnResource) and isinstance(of_version, cdk.CfnResource):
        own_id = str(alarm.stack.resolve(resource.logical_id))
        # Uncached: the function may change after its version's id was first asked for.
        resource.override_logical_id(cdk.Lazy.uncached_string(_IdWithHash(own_id, of_version.logical_id)))


@jsii.implements(cdk.IStringProducer)
class _IdWithHash:
    def __init__(self, own_id: str, version_id: str) -> None:
        self._own_id = own_id
        self._version_id = version_id

    def produce(self, context: cdk.IResolveContext) -> str:
        version_id = str(context.resolve(self._version_id))
        return self._own_id[_HASH_LENGTH - _LONGEST_ID :] + version_id[-_HASH_LENGTH:]
