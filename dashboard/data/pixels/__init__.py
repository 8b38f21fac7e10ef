"""Pixels that somebody has chosen on the map: which, under what name, and what they are like."""
