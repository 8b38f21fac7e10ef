"""What a person changed of a story, and which pixels they named: two small files in `derived/`."""
