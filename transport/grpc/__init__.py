"""gRPC over HTTP/2: messages, metadata and statuses."""
