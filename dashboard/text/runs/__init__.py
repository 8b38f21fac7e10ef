"""A run as a whole in words: in the list, where it comes from, what it does not record."""
