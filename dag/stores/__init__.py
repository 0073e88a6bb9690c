"""Key-value stores for sparse features."""
