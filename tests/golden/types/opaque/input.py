import numpy as np
import torch

from dagwright import task, workflow


@task
def sample(n: int) -> np.ndarray:
    return np.arange(n)


@task
def build(values: np.ndarray) -> torch.nn.Module:
    return torch.nn.Linear(len(values), 1)


@task
def size(model: torch.nn.Module) -> int:
    return sum(p.numel() for p in model.parameters())


@workflow
def main(n: int) -> int:
    return size(model=build(values=sample(n=n)))
