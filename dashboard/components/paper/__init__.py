"""Browser code that draws a picture for a paper in a browser without window."""
