"""How long a function can run at most, which bounds what its latency can be."""

from typing import Final

from aws_cdk import aws_lambda
from constructs import IConstruct

from ..errors import InvalidArgumentError
from .thresholds import Thresholds

_LAMBDAS_DEFAULT_MILLISECONDS: Final = 3000


def refuse_unreachable_latency(scope: IConstruct, function: aws_lambda.IFunction, thresholds: Thresholds) -> None:
    """Refuses a latency that the function cannot reach, since Lambda ends it before: the alarm could never fire.

    Args:
        scope: The construct that the thresholds were given to.
        function: The function; one that was imported cannot be judged.
        thresholds: The thresholds.

    Raises:
        InvalidArgumentError: If `latency` is not below the function's timeout.
    """
    latency = thresholds._latency_milliseconds
    if latency is None or not isinstance(function, aws_lambda.Function):
        return
    timeout = function.timeout
    if timeout is not None and timeout.is_unresolved():
        return
    longest = _LAMBDAS_DEFAULT_MILLISECONDS if timeout is None else timeout.to_milliseconds()
    if latency >= longest:
        raise InvalidArgumentError(
            path=scope.node.path,
            argument="thresholds",
            given=f"latency={latency:g} ms",
            allowed=f"a latency below {longest:g} ms, the timeout of {function.node.path}",
            remedy="Give the function a longer timeout, or Thresholds(latency=…) less.",
        )
