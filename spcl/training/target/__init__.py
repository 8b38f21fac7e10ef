"""What the student learns of the target: who labels it, and what the student sees of it."""
