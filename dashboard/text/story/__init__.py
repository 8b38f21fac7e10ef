"""The story page: five panels in plain words, as functions of a run's numbers."""
