def run(x: float) -> float:
    return 2 * x
