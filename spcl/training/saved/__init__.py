"""What outlives a training: its checkpoints, how its model is built again, what it is called."""
