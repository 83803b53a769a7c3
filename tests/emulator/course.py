"""What happens in a release, in words that fit the emulator's account of it and the rehearsal's."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from prod_one_box.vocabulary import ONE_BOX

BEGAN, ROLLS_BACK = "UPDATE_IN_PROGRESS", "UPDATE_ROLLBACK_IN_PROGRESS"
CLEANS_UP, COMPLETE = "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS", "UPDATE_COMPLETE"
BEFORE, AFTER, UNKNOWN = "before the rollback", "in the rollback", "too close to the rollback's beginning to tell"


@dataclass(frozen=True, kw_only=True)
class Course:
    """The course of one release.

    Attributes:
        events: The stack's statuses, and what became of each step of the plan, in order.
        versions: The versions that each partition's alias was on, `old` or `new`, in order.
        back: When each alias that came back did so.
    """

    events: tuple[str, ...]
    versions: Mapping[str, tuple[str, ...]]
    back: Mapping[str, str]

    def returns(self) -> tuple[str, ...]:
        """The steps that the rollback visited, in order."""
        return tuple(each.removesuffix(" goes back") for each in self.events if each.endswith(" goes back"))


def name_of(phase: str, wave: str) -> str:
    """The name of a step: its phase, and for a bake of a later wave the partition too, such as `bake wave-2`."""
    return phase if wave in ("", ONE_BOX) else f"{phase} {wave}"


def events_in_words(changes: Iterable[tuple[str, str]]) -> tuple[str, ...]:
    """Put status changes in words, and leave out what is said twice.

    Args:
        changes: Each phase with its resource's new status, in order; "" with the stack's own.
    """
    found: list[str] = []
    back = False
    for phase, status in changes:
        back = back or (not phase and status == ROLLS_BACK)
        said = f"{phase} {_word(status, back=back)}" if phase else status
        if found[-1:] != [said]:  # AWS repeats a status when a custom resource has a physical id.
            found.append(said)
    return tuple(found)


def _word(status: str, *, back: bool) -> str:
    if status.endswith("_FAILED"):
        return "fails"
    if status.endswith("_COMPLETE"):
        return "is back" if back else "completes"
    return "goes back" if back else "begins"
