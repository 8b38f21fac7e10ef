"""Files of a run that only grow, read on from where the last reading ended."""
