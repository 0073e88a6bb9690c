"""Reads model files into Artifacts."""
