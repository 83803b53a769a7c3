"""How many buckets the one-box has, for one request: what the panel's share and a preview without stickiness change."""

from random import Random

from ...vocabulary import BUCKETS, one_box_buckets


class Share:
    """The share of visitors in the one-box, as the developer wants it."""

    def __init__(self, share: float, *, sticky: bool = True, seed: int | None = None) -> None:
        """Begins with the synthesized share.

        Args:
            share: The percentage that the distribution was synthesized with.
            sticky: Whether visitors keep their bucket; if not, every request is drawn anew.
            seed: The seed of what is drawn; default: None, which means another one every time.
        """
        self.percent = share
        self.sticky = sticky
        self._changed = False
        self._random = Random(seed)  # noqa: S311

    def change(self, percent: float) -> None:
        """Sets another share for all requests from now on.

        Raises:
            ValueError: If it is outside 0 to 100 or not a multiple of 0.01.
        """
        one_box_buckets(percent)
        self.percent = percent
        self._changed = True

    def follow(self, percent: float) -> None:
        """Takes the share that another distribution was synthesized with, unless the developer has set one."""
        if not self._changed:
            self.percent = percent

    def buckets(self) -> int | None:
        """How many buckets are the one-box's for the next request; None: as many as the edge's code says."""
        if self.sticky:
            return one_box_buckets(self.percent) if self._changed else None
        return BUCKETS if self._random.random() * 100 < self.percent else 0
