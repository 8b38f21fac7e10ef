"""Examples for users; the tests run them."""
