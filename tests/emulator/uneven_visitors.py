"""Visitors of whom few are in the one-box, as with a small first wave."""

import time
from typing import ClassVar

from emulator.visitors import Visit, Visitors
from prod_one_box.vocabulary import ONE_BOX


class UnevenVisitors(Visitors):
    """Visitors who ask for pages alone: 15 times a minute in the one-box, 240 times elsewhere."""

    visits_a_second: ClassVar[float] = 4
    visits_a_second_of_the_one_box: ClassVar[float] = 0.25

    def rate_of(self, visitor: str) -> float:
        return self.visits_a_second_of_the_one_box if visitor == ONE_BOX else self.visits_a_second

    def _visit(self, visitor: str, began: float) -> Visit:
        page = self.aws.ask(self.domain, "/", cookie=self.who[visitor].cookie)
        partitions = frozenset({page.partition})
        return Visit(visitor, began, time.time(), page.status, self.release_in(page), page.status, partitions)
