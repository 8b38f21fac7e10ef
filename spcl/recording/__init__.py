"""From tensors to the run on disk: the recorder, the probe, and what a snapshot observes."""
