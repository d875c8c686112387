"""Findings about the user's source: codes, model, rendering."""
