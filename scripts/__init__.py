"""Scripts to run by hand."""
