"""What the list of pages in the sidebar tells people who hear it."""
