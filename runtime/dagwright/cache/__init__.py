"""Reuse of results: entries, pins and their publication."""
