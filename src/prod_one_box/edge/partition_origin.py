"""A partition's own HTTP API as an origin that knows whose it is."""

from aws_cdk import aws_cloudfront_origins as origins


class PartitionOrigin(origins.HttpOrigin):
    """The origin of one partition.

    Attributes:
        partition: `one-box` or `regular`.
    """

    def __init__(self, domain_name: str, *, partition: str) -> None:
        """Makes the origin.

        Args:
            domain_name: The API's domain name.
            partition: The partition's name.
        """
        super().__init__(domain_name)
        self.partition = partition
