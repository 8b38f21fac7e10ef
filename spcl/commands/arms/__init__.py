"""What `ablate` shows of the arms of a comparison: progress, separability, tables and JSON."""
