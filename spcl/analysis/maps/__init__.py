"""Two-dimensional maps of a run's feature space that do not jump from step to step."""
