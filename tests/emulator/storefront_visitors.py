"""Visitors of the storefront, who ask for a page, then for its script and style, then for the API."""

import json
import re
import time
from typing import ClassVar

from emulator.visitors import Visit, Visitors
from synthesized import EXAMPLES

_FILE = re.compile(r'(?:src|href)="(/assets/index-[^"]+)"')
_BUILT = EXAMPLES / "storefront" / "frontend" / "built"


class StorefrontVisitors(Visitors):
    """Visitors of the storefront.

    In their visits, `script` is 200 if script and style came as the page's release built them, and `backend` is the
    price of a kettle. Once a second is 60 pages a minute in each partition, where the default alarms want 20.
    """

    visits_a_second: ClassVar[float] = 1
    release: ClassVar[re.Pattern[str]] = re.compile(r'id="release">release ([^<]*)<')

    def _visit(self, visitor: str, began: float) -> Visit:
        page = self.aws.ask(self.domain, "/", cookie=self.who[visitor].cookie)
        release = self.release_in(page)
        backend = self._price()
        files = [self._file(release, path) for path in files_of(page.body)]
        return Visit(
            visitor,
            began,
            ended=time.time(),
            page=page.status,
            release=release,
            script=max(files, default=0),
            partitions=frozenset({page.partition}),
            backend=backend,
        )

    def _file(self, release: str, path: str) -> int:
        """A file's HTTP status; 409 if it is not the one that the release built."""
        answer = self.aws.ask(self.domain, path)
        built = (_BUILT / release / path.removeprefix("/")).read_text(errors="replace")
        return answer.status if answer.status != 200 or answer.body == built else 409

    def _price(self) -> str:
        answer = self.aws.ask(self.domain, "/api/products")
        if answer.status != 200:
            return f"status {answer.status}"
        return next(str(each["price"]) for each in json.loads(answer.body)["products"] if each["id"] == "kettle")


def files_of(page: str) -> list[str]:
    """The paths of the script and the style that a page asks for."""
    return _FILE.findall(page)
