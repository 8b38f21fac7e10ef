"""What the story reads of a run, and what a person changed of it."""
