"""What `make bench` measures, each in a file named for it."""
