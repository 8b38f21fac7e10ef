"""What is done to pictures before a model sees them: hidden parts, the style of others, colours."""
