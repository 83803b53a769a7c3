"""A synthesized distribution served on loopback, with the partitions' own code behind it."""
