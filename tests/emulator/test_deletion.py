"""The end of a site."""

import time

import pytest

from emulator.site import Site
from emulator.site_app import Release


@pytest.mark.every_change
def test_a_site_is_deleted_at_once_and_leaves_nothing(leaving_site: Site) -> None:
    # Given
    release = Release(name="leaving", bake_seconds=600)
    assert leaving_site.create(release).exit_status == 0
    assert leaving_site.left_behind() != []

    # When
    began = time.monotonic()
    assert leaving_site.destroy(release) == 0

    # Then: the waits answer a deletion without holding it
    assert time.monotonic() - began < 60
    assert leaving_site.left_behind() == []
