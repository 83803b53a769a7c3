"""The stack update: what changes in which order, and the way back."""
