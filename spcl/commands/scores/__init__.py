"""What `evaluate` says of a run: which score, and whose batch-norm statistics it has."""
