"""What the templates say about a release: its resources, their order, and what holds each step."""
