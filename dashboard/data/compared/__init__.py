"""What the Compare page reads: its runs, what one calls what the other calls, their map."""
