"""DL4J's GraphInferenceServer."""
