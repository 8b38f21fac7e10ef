"""What the live page says: where the run stands, its key figures, its pace."""
