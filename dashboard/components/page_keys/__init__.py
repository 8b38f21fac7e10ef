"""Keys that every page has: presenter scale, and the list of keys."""
