"""What each protocol means; one InferenceService."""
