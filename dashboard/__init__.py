"""The dashboard: reads run folders, draws pages, never trains and never computes a projection."""
