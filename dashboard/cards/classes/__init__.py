"""The cards of one class, and of where errors stand."""
