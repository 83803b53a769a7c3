"""The default alarms of a release: error rate and latency."""
