"""Canaries that visit the site as a visitor of one partition, with alarms that a bake can watch."""
