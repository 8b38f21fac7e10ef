"""A folder of runs elsewhere: fetched into the user's cache folder, where the pages read it."""
