"""The program as frozen values, its canonical JSON, and the spans beside it."""
