"""The feature map: WebGL points, prototypes, trails and the step player."""
