"""Queues, batches, deadlines and lanes."""
