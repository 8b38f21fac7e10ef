"""What changes while a run trains: the learner, its losses, optimizer, batches and checkpoints."""
