"""The waits' code in Lambda. A poll reads: entry, request, observation, aws, decision or gate, containment."""
