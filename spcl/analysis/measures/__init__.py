"""Every measure of a snapshot and of a run as tidy rows, made from the formulas."""
