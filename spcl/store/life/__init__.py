"""A run's life: who writes it, how it stands now, and what a writer that died has left."""
