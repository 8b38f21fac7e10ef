"""Our own browser components: plain ES modules and their thin Python calls."""
