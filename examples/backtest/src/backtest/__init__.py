"""How trading rules would have done."""
