"""Data sets of the field, read where they lie: layouts, encodings, spaces of 19, 16 and 13."""
