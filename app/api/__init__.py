"""The GraphQL schema as served: limits, masking, HTTP and WebSocket endpoints, pages, health, metrics."""
