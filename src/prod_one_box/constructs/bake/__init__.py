"""The waits of a release: the preflight before it, and the bake between its switches."""
