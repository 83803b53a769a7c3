"""What the comparison of a release finds, and how often it stops a good one: simulated releases."""
