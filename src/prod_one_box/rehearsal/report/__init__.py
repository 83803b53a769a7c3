"""The results of a rehearsal, and the reports that show them."""
