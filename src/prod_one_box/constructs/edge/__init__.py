"""The edge's part of a release: visitors are sent to their partition and stay there."""
