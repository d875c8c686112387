"""Torch is not installed where this is compiled, and need not be."""

import torch
import torch.nn as nn
from flytekit import ImageSpec, Resources, task, workflow
from torchvision import datasets, transforms

training = ImageSpec(
    name="vision",
    base_image="ghcr.io/example/cuda:12.4",
    packages=["torch==2.4.0", "torchvision==0.19.0"],
    registry="ghcr.io/example",
    env={"TORCH_HOME": "/cache"},
    apt_packages=["libgl1"],
)
NORMALIZE = transforms.Normalize((0.1307,), (0.3081,))


class Net(nn.Module):
    def __init__(self, hidden: int) -> None:
        super().__init__()
        self.layers = nn.Sequential(nn.Linear(784, hidden), nn.ReLU(), nn.Linear(hidden, 10))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.layers(x.flatten(1))


@task(container_image="ghcr.io/example/vision:1.0", requests=Resources(cpu="4", mem="16Gi", gpu="1"), limits=Resources(gpu="1"), retries=1)
def train(epochs: int, hidden: int, rate: float) -> list[float]:
    data = datasets.MNIST("/data", download=True, transform=NORMALIZE)
    model = Net(hidden)
    optimizer = torch.optim.SGD(model.parameters(), lr=rate)
    losses = []
    for _ in range(epochs):
        for images, labels in torch.utils.data.DataLoader(data, batch_size=64):
            optimizer.zero_grad()
            loss = nn.functional.cross_entropy(model(images), labels)
            loss.backward()
            optimizer.step()
        losses.append(loss.item())
    return losses


@task
def best_epoch(losses: list[float]) -> int:
    return losses.index(min(losses))


@workflow
def main(epochs: int = 3) -> int:
    return best_epoch(losses=train(epochs=epochs, hidden=128, rate=0.01))
