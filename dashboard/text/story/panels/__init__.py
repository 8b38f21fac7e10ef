"""The five panels, one file each, and what stands in for two of them without labels."""
