"""One family of ops a file; `kernels.catalog` imports them all."""
