"""What the story is told from: pixels, pictures and kinds of things, counted and rounded."""
