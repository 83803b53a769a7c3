"""Partitions with origins of one's own, for tests that need no front end."""

from aws_cdk import aws_cloudfront as cloudfront

from prod_one_box import PartitionOrigin
from prod_one_box.vocabulary import partition_names, regular_share


def partitions(*origins: cloudfront.IOrigin, shares: tuple[float, ...] = (20,)) -> list[PartitionOrigin]:
    """Origins in the order of a release, with a share for each but the last."""
    return [
        PartitionOrigin(partition_name=name, share=share, origin=origin)
        for name, share, origin in zip(
            partition_names(len(shares)), [*shares, regular_share(shares)], origins, strict=True
        )
    ]
