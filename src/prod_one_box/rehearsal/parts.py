"""The parts of a release that a rehearsal can leave out."""

from typing import Final

PARTS: Final = ("stickiness", "bake", "order", "containment", "retained-assets")
"""What a release can be rehearsed without, so that its worth is visible."""
