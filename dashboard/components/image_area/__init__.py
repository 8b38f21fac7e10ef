"""One image with its probe pixels; an area drawn in it selects those inside."""
