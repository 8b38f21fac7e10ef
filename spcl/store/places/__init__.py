"""Folders that belong to no run: what is shipped with the program, the user's cache."""
