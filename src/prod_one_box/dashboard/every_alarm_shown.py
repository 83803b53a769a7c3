"""A dashboard that left an alarm out would look quiet while a release ends."""

import jsii
from constructs import IValidation

from ..errors import InvalidArgumentError
from ..frontend.one_box_frontend import OneBoxFrontend


@jsii.implements(IValidation)
class EveryAlarmIsShown:
    """Refuses a front end that has got an alarm after its dashboard was made."""

    def __init__(self, frontend: OneBoxFrontend, *, path: str) -> None:
        """Remembers which alarms are shown.

        Args:
            frontend: The front end.
            path: The dashboard's path.
        """
        self._frontend = frontend
        self._path = path
        self._shown = len(frontend.alarms)

    def validate(self) -> list[str]:
        """Names the alarms that came later."""
        later = [alarm.node.path for alarm in self._frontend.alarms[self._shown :]]
        if not later:
            return []
        error = InvalidArgumentError(
            path=self._path,
            argument="frontend",
            given=f"a front end that watches since then {', '.join(later)}",
            allowed="a front end with all its alarms",
            remedy="Make the dashboard after the last add_alarm.",
        )
        return [str(error)]
