"""One family of ops a file."""
