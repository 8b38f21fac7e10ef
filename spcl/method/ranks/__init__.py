"""Several processes as one: sums over them, and batch norm over the joined batch."""
