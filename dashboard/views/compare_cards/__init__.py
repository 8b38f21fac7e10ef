"""Parts of the Compare page: which runs, how they were set, what became of their pixels."""
