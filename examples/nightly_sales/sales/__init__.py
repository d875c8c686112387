"""Yesterday's sales, every night."""
