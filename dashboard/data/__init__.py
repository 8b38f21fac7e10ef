"""What the pages read of a run, picked and pivoted, never computed."""
