"""Charts that only files show: on the pages their place is taken by something that moves."""
