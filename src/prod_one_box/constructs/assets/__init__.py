"""What pages load: the hashed files of every release, kept beside the partitions."""
