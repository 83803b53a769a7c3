"""Settings of a release side by side, over thousands of simulated releases each."""
