"""The visitors of a rehearsal, and what happens to their requests."""
