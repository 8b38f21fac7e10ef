"""Examples for users, run by the tests."""
