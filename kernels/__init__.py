"""Array functions by op, for any array module."""
