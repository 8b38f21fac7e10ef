"""What a person hands in, as this project keeps it: pictures, labels, classes, scores, a plan."""
