"""What each protocol means; one InferenceService; the Server that puts everything together."""
