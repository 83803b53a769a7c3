"""The hashed files that pages load, kept for every release."""
