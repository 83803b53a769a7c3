"""The front end's part of a release: two partitions that switch one after the other."""
