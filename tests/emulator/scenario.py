"""The scenarios that the emulator and the rehearsal can both play."""

import time
from dataclasses import dataclass

from emulator.outcome import Outcome
from emulator.site import Site
from emulator.site_app import Release
from prod_one_box.vocabulary import BAKE, WATCH

RED, BLINKS, CANCELLED = "an alarm is red", "an alarm is red for a moment", "the update is cancelled"
INTO_THE_WAIT_SECONDS = 5.0


@dataclass(frozen=True, kw_only=True)
class Scenario:
    """A release and what happens to it.

    Attributes:
        name: What the scenario is called.
        release: The release.
        red_before: Whether an alarm is red before it.
        happens: What happens in a wait of it; "" for nothing.
        during: That wait.
        releases: Whether any version changes.
    """

    name: str
    release: Release
    red_before: bool = False
    happens: str = ""
    during: str = BAKE
    releases: bool = True


def _in_waves(name: str, *, held_seconds: int, watch_seconds: int = 0) -> Release:
    return Release(name=name, shares=(1, 4, 15), bake_seconds=held_seconds, watch_seconds=watch_seconds or held_seconds)


SCENARIOS = (
    Scenario(name="good", release=Release(name="check-good")),
    Scenario(name="red before", release=Release(name="check-red-before"), red_before=True),
    Scenario(name="red during the bake", release=Release(name="check-red", bake_seconds=120), happens=RED),
    Scenario(name="red for less than a poll", release=Release(name="check-blink", bake_seconds=120), happens=BLINKS),
    Scenario(
        name="cancelled during the bake",
        release=Release(name="check-cancelled", bake_seconds=120),
        happens=CANCELLED,
    ),
    Scenario(name="another resource fails after the promotion", release=Release(name="check-late", fails_late=True)),
    Scenario(
        name="red alarms overridden, an alarm red before",
        release=Release(name="check-overridden", override_red_alarms="the alarm is wrong"),
        red_before=True,
    ),
    Scenario(
        name="expedited, an alarm red before",
        release=Release(name="check-expedited", bake_seconds=120, expedited_reason="the fix for it"),
        red_before=True,
    ),
    Scenario(
        name="nothing released",
        release=Release(name="check-expedited", bake_seconds=60, description="other words"),
        red_before=True,
        releases=False,
    ),
    Scenario(name="three waves and a watch", release=_in_waves("check-waves", held_seconds=4)),
    Scenario(
        name="red during the second bake of three",
        release=_in_waves("check-red-wave", held_seconds=20),
        happens=RED,
        during=f"{BAKE} wave-2",
    ),
    Scenario(
        name="cancelled during the second bake of three",
        release=_in_waves("check-cancelled-wave", held_seconds=20),
        happens=CANCELLED,
        during=f"{BAKE} wave-2",
    ),
    Scenario(
        name="red during the watch",
        release=_in_waves("check-red-watch", held_seconds=4, watch_seconds=60),
        happens=RED,
        during=WATCH,
    ),
)


def play_on(site: Site, scenario: Scenario) -> tuple[Outcome, float | None]:
    """Play a scenario on a site; return what became of it, and when the scenario did something in a wait."""
    site.at_rest()
    if scenario.red_before:
        site.turn_red()
    acted_at = None
    with site.releasing(scenario.release) as update:
        if scenario.happens:
            update.wait_for(scenario.during, seconds=INTO_THE_WAIT_SECONDS)
            acted_at = time.time()
            (update.cancel if scenario.happens == CANCELLED else site.turn_red)()
            if scenario.happens == BLINKS:
                site.turn_quiet()
    return update.outcome, acted_at
