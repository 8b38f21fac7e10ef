"""Results of the analysis process on disk: read by everybody, written by the analysis alone."""
