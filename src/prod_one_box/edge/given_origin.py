"""Whether what was given as an origin is one, and the right partition's."""

from aws_cdk import aws_cloudfront as cloudfront

from ..errors import InvalidArgumentError, check_kind
from .partition_origin import PartitionOrigin


def check_origin(origin: object, *, path: str, argument: str, partition: str | None = None) -> None:
    """Refuses what is no origin, and a partition's own one in the other partition's place.

    Args:
        origin: What the user gave.
        path: The construct's path.
        argument: The name of the argument.
        partition: The partition that it stands for; default: None, which means that it stands for neither.

    Raises:
        InvalidArgumentError: If it is no origin, or certainly the other partition's.
    """
    check_kind(
        origin,
        cloudfront.IOrigin,
        path=path,
        argument=argument,
        allowed="an origin (cloudfront.IOrigin)",
        remedy="Of a Partition, give its `origin`; of a function or an alias, the origin of an API or URL before it.",
    )
    if partition is not None and isinstance(origin, PartitionOrigin) and origin.partition != partition:
        raise InvalidArgumentError(
            path=path,
            argument=argument,
            given=f"the {origin.partition} partition's own origin",
            allowed=f"the {partition} partition's, or an origin of your own",
            remedy="Give one_box=frontend.one_box.origin and regular=frontend.regular.origin.",
        )
