"""The classes of a run as a list that filters: click hides one, double-click leaves it alone."""
