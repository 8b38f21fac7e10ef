"""The audit before a training: every file read once, what is wrong told with its remedy."""
