"""The masks of a run: what changed in an image, and the reports the analysis made of them."""
