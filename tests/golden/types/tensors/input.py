import torch
from torch import Tensor, nn

from dagwright import task, workflow


@task
def sample(size: int) -> Tensor:
    return torch.rand(size, 4)


@task
def fit(rows: torch.Tensor, start: dict[str, Tensor] | None = None) -> dict[str, Tensor]:
    model = nn.Linear(4, 1)
    model.load_state_dict(start or model.state_dict())
    return model.state_dict()


@task
def norms(state: dict[str, Tensor], rows: list[Tensor]) -> list[float]:
    return [weight.norm().item() for weight in [*state.values(), *rows]]


@workflow
def tensors(size: int = 8) -> list[float]:
    rows = sample(size=size)
    return norms(state=fit(rows=rows), rows=[rows])
