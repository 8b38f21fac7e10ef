"""Between pixels and feature cells: labels brought down, scores brought up, windows."""
