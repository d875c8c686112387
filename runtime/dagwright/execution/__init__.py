"""Attempts: one run of one task in a supervised process."""
