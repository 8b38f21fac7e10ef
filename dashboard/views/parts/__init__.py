"""The larger parts of the pages: cards with controls of their own, choices, tables."""
