"""Runs op graphs on the kernels."""
