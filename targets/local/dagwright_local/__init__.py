"""This machine as a target: programs run in process or in processes."""
