"""User agents whose bucket is known: a visitor without a cookie is placed by their address and agent."""

from itertools import count

from e2e.shop import SALT, SHARE
from prod_one_box.vocabulary import ONE_BOX, bucket_of, buckets_of_share

ADDRESS = "127.0.0.1"


def bucket_of_agent(agent: str) -> int:
    return bucket_of(SALT, [ADDRESS, agent])


def agent_in(partition: str) -> str:
    """The first agent whose visitors are placed in a partition."""
    agents = (f"agent {number}" for number in count())
    return next(one for one in agents if (bucket_of_agent(one) < buckets_of_share(SHARE)) == (partition == ONE_BOX))
