"""Scores in words: beside simpler models, against their confidence, on which images."""
