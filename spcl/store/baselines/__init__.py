"""What a run is compared with: `baselines.json`, scores of other models on the same images."""
