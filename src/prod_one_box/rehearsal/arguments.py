"""The arguments of `rehearse`, checked before anything is read."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from os import PathLike
from pathlib import Path
from typing import Final

from ..errors import InvalidArgumentError, check_kind
from ..template.cloud_assembly import AssemblyError
from .assumptions import Assumptions
from .every_play import Progress
from .plan.release_plan import PARTS, Disturbance
from .report.limits import Limits
from .visitors.faults import Fault
from .visitors.page_request import PageRequest
from .visitors.population import Population

_PATH: Final = "rehearse"
_FOLDER: Final = "the folder of a cloud assembly, such as 'cdk.out'"
_KINDS: Final[dict[str, tuple[type | tuple[type, ...], str]]] = {
    "assembly": ((str, PathLike), _FOLDER),
    "against": ((str, PathLike, type(None)), _FOLDER),
    "fault": (Fault, "a Fault, such as Fault(front_end=True)"),
    "visitors": (Population, "a Population, such as Population(visits_per_minute=60)"),
    "disturbance": (Disturbance, "a Disturbance, such as Disturbance(cancel_at=240)"),
    "assumptions": (Assumptions, "Assumptions, such as Assumptions(metric_delay_seconds=120)"),
    "request": (PageRequest, "a PageRequest, such as PageRequest(path='/en')"),
    "limits": (Limits, "Limits, such as Limits(max_affected=0.3)"),
}


@dataclass(frozen=True, kw_only=True)
class Arguments:
    """The arguments of `rehearse`, whose docstring describes them.

    Raises:
        AssemblyError: If a release cannot go without a part that `without` names.
        InvalidArgumentError: If an argument is of another kind.
    """

    assembly: str | Path
    against: str | Path | None
    stack: str | None
    distribution: str | None
    fault: Fault
    visitors: Population
    seed: int
    without: Collection[str]
    disturbance: Disturbance
    red: Sequence[str]
    assumptions: Assumptions
    limits: Limits
    request: PageRequest
    progress: Progress = field(repr=False)

    def __post_init__(self) -> None:
        """Check the arguments."""
        for name, (kind, allowed) in _KINDS.items():
            check_kind(getattr(self, name), kind, path=_PATH, argument=name, allowed=allowed)
        for name, value in (("without", self.without), ("red", self.red)):
            if isinstance(value, str):  # it would be a list of letters
                allowed = f"names in a list, such as [{value!r}]"
                raise InvalidArgumentError(path=_PATH, argument=name, given=repr(value), allowed=allowed)
        unknown = sorted(set(self.without) - set(PARTS))
        if unknown:
            raise AssemblyError(f"a release cannot go without {', '.join(unknown)}, only without {', '.join(PARTS)}")
