"""Canaries that visit the site as one partition's visitor, and alarms on them that a bake can watch."""
