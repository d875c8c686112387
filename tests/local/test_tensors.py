"""Tensors of torch between tasks, on every way of running."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from environments import make_environment
from torch_here import PATHS
from ways_of_running import STAND_IN, execute, write_project

if TYPE_CHECKING:
    from pathlib import Path

FLOW = """
from dataclasses import dataclass
from typing import Annotated, Dict, List, Optional

import torch
from flytekit import HashMethod, map_task, task, workflow
from torch import Tensor


@dataclass
class Batch:
    rows: torch.Tensor
    label: Optional[Tensor] = None


class Net:
    def __init__(self, weight):
        self.weight = weight


@task
def rows(n: int) -> torch.Tensor:
    return torch.tensor([[float(i), float(n)] for i in range(n)]).t()


@task
def train(batch: Batch) -> Dict[str, Tensor]:
    return {"weight": batch.rows, "count": torch.tensor(batch.rows.numel())}


@task
def wrap(state: Dict[str, Tensor]) -> Net:
    return Net(state["weight"].requires_grad_())


@task(cache=True, cache_version="1")
def evaluate(net: Net, parts: List[Tensor]) -> str:
    print("evaluated")
    assert net.weight.requires_grad and net.weight.is_contiguous()
    return f"{net.weight.detach().tolist()} {[part.sum().item() for part in parts]}"


@workflow
def main() -> str:
    made = rows(n=2)
    state = train(batch=Batch(rows=made))
    return evaluate(net=wrap(state=state), parts=map_task(rows)(n=[1, 3]))


def by_sum(value: Tensor) -> str:
    return str(value.sum().item())


@task
def shuffled(turn: bool) -> Annotated[Tensor, HashMethod(by_sum)]:
    return torch.tensor([2, 1] if turn else [1, 2])


@task(cache=True, cache_version="1")
def total(values: Tensor) -> int:
    print("summed")
    return values.sum().item()


@workflow
def hashed(turn: bool = False) -> int:
    return total(values=shuffled(turn=turn))


@task
def sparse() -> torch.Tensor:
    return torch.tensor([[1]]).to_sparse()


@workflow
def refused() -> int:
    return total(values=sparse())
"""


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_project(tmp_path_factory.mktemp("project"), FLOW)


@pytest.fixture(scope="module")
def python(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An interpreter that has torch, or what stands for it."""
    return make_environment(tmp_path_factory.mktemp("environment"), *PATHS)


@pytest.mark.parametrize("way", STAND_IN)
def test_tensors_arrive_everywhere_and_only_models_are_pickled(project: Path, python: Path, way: str) -> None:
    ran = execute(project, way, "main", ways=STAND_IN, python=python)
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.replace("evaluated\n", "").strip().strip("\"'") == "[[0.0, 1.0], [2.0, 2.0]] [1.0, 12.0]"
    assert "torch.Tensor" not in ran.stderr
    assert {line.partition("values of ")[2].partition(" are pickled")[0] for line in ran.stderr.splitlines()} <= {"", "flow.Net"}


def test_a_model_made_again_is_the_same_in_cache_keys(project: Path, python: Path) -> None:
    texts = [execute(project, way, "main", ways=STAND_IN, python=python) for way in STAND_IN]
    assert sum("evaluated" in text.stdout + text.stderr for text in texts[1:]) == 0, "one entry serves every way of running"


@pytest.mark.parametrize("way", ["script", "run"])
def test_what_a_tensor_counts_as(project: Path, python: Path, way: str) -> None:
    assert execute(project, way, "hashed", ways=STAND_IN, python=python).stdout.split()[-1] == "3"
    again = execute(project, "run", "hashed", ways=STAND_IN, arguments=["--turn"], python=python)
    assert again.stdout.split()[-1] == "3"
    assert "1 cached" in again.stdout + again.stderr


@pytest.mark.parametrize("way", STAND_IN)
def test_a_sparse_tensor_is_refused_with_what_to_write(project: Path, python: Path, way: str) -> None:
    ran = execute(project, way, "refused", ways=STAND_IN, python=python)
    assert ran.returncode != 0
    assert "expected torch.Tensor, got one of layout torch.sparse_coo (write ….to_dense())" in ran.stderr
