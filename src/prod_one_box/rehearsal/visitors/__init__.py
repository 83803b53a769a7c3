"""Who visits, and what they meet."""
