from steps.double import double

FACTOR = 2
__all__ = ["FACTOR", "double"]
