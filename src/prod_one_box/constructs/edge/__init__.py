"""The edge: it sends visitors to their partition and keeps them there."""
