"""What is known of each class, and how near a feature is to it: directions, memories, contrast."""
