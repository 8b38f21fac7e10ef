"""Recording for the frameworks people use: one line in a trainer; each needs its library."""
