"""The end of a site."""

from dataclasses import replace

import pytest

from emulator.outcome import UNHELD_SECONDS
from emulator.site import Site
from emulator.site_app import Release
from emulator.stack_events import stack_events


@pytest.mark.every_change
def test_a_site_is_deleted_at_once_and_leaves_nothing(leaving_site: Site) -> None:
    # Given
    release = Release(name="leaving", bake_seconds=600)
    assert leaving_site.create(release).exit_status == 0
    assert leaving_site.left_behind() != []

    stack_id, created_at = leaving_site.stack_id(), leaving_site.last_event_at()

    # When
    assert leaving_site.destroy(release) == 0

    # Then: the waits answer a deletion without holding it
    events = stack_events(leaving_site.aws, stack_id, since=created_at)
    deletion = replace(leaving_site.creation, events=events)
    held = max(deletion.seconds_of(phase) for phase in ("preflight", "bake"))
    assert held < UNHELD_SECONDS + leaving_site.aws.slack_seconds
    assert leaving_site.left_behind() == []
