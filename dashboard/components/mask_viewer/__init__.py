"""The mask viewer: wipe, layers and exact class ids."""
