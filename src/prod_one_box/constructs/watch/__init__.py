"""What a release is watched by: alarms on error rate and latency."""
