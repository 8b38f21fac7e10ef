"""Copy the address of exactly what is seen."""
