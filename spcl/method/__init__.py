"""The method as pure functions, with each piece of state in one small owner."""
