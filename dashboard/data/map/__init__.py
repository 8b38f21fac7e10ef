"""What the map reads of a run: a projection, and some of its pixels for other pages."""
