"""A request at the edge: edge functions, cache and forwarding to an origin."""
