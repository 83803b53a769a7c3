"""Removes the files of former releases; runs in Lambda."""
