"""What a rehearsal found, and how it is shown."""
