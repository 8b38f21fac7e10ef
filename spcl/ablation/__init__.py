"""The arms of a comparison over seeds: what they are, which are there, training, and scores."""
