"""Bytes to Calls and back; knows no model."""
