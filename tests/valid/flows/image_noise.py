import numpy as np
from dagwright import task, workflow


@task
def picture(side: int) -> np.ndarray:
    return np.arange(side * side, dtype=np.float64).reshape(side, side)


@task
def blur(image: np.ndarray, times: int = 1) -> np.ndarray:
    for _ in range(times):
        image = (image + image.T) / 2
    return image


@task
def contrast(image: np.ndarray) -> float:
    return float(image.max() - image.min())


@workflow
def main(side: int = 4) -> float:
    return contrast(image=blur(image=picture(side=side), times=2))
