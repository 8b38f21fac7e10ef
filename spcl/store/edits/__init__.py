"""What a person changed of a run's story: `derived/story.json`, a few words and choices."""
