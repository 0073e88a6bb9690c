"""Wire schemas and hand-written views over them."""
