"""Removes the files of releases that nobody needs any more."""
