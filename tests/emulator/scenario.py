"""The scenarios that the emulator and the rehearsal can both play."""

import time
from dataclasses import dataclass

from emulator.outcome import Outcome
from emulator.site import Site
from emulator.site_app import Release

RED, BLINKS, CANCELLED = "an alarm is red", "an alarm is red for a moment", "the update is cancelled"
INTO_THE_BAKE_SECONDS = 5.0


@dataclass(frozen=True, kw_only=True)
class Scenario:
    """A release and what happens to it.

    Attributes:
        name: What the scenario is called.
        release: The release.
        red_before: Whether an alarm is red before it.
        in_the_bake: What happens in its bake; "" for nothing.
        releases: Whether any version changes.
    """

    name: str
    release: Release
    red_before: bool = False
    in_the_bake: str = ""
    releases: bool = True


SCENARIOS = (
    Scenario(name="good", release=Release(name="check-good")),
    Scenario(name="red before", release=Release(name="check-red-before"), red_before=True),
    Scenario(name="red during the bake", release=Release(name="check-red", bake_seconds=120), in_the_bake=RED),
    Scenario(
        name="red for less than a poll", release=Release(name="check-blink", bake_seconds=120), in_the_bake=BLINKS
    ),
    Scenario(
        name="cancelled during the bake",
        release=Release(name="check-cancelled", bake_seconds=120),
        in_the_bake=CANCELLED,
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
)


def play_on(site: Site, scenario: Scenario) -> tuple[Outcome, float | None]:
    """Play a scenario on a site; return what became of it, and when the scenario did something in the bake."""
    site.at_rest()
    if scenario.red_before:
        site.turn_red()
    acted_at = None
    with site.releasing(scenario.release) as update:
        if scenario.in_the_bake:
            update.wait_for("bake", seconds=INTO_THE_BAKE_SECONDS)
            acted_at = time.time()
            (update.cancel if scenario.in_the_bake == CANCELLED else site.turn_red)()
            if scenario.in_the_bake == BLINKS:
                site.turn_quiet()
    return update.outcome, acted_at
