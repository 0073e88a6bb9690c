"""One kind of node a file."""
