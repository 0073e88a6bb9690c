"""Runs a model on a device."""
