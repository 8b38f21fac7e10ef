"""A run's charts as cards: the same on its pages and in pictures for slides and papers."""
