"""Two runs held against each other: what was set, what came out, image by image. Numpy only."""
