"""Programs run by hand."""
