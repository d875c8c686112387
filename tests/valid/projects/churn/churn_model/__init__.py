from .model import fit, score

__all__ = ["fit", "score"]
