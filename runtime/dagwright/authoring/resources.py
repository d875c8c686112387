"""Resources of a task's container."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Union

    Quantity = Union[str, int, float]


class Resources:
    """Amounts of CPU, memory, GPUs and scratch space, in Kubernetes notation (``"500m"``, ``2``, ``"16Gi"``).

    The compiler checks the amounts; an absent one is unset.
    """

    __slots__ = ("cpu", "ephemeral_storage", "gpu", "mem")

    def __init__(
        self,
        cpu: Quantity | None = None,
        mem: Quantity | None = None,
        gpu: Quantity | None = None,
        ephemeral_storage: Quantity | None = None,
    ) -> None:
        self.cpu = cpu
        self.mem = mem
        self.gpu = gpu
        self.ephemeral_storage = ephemeral_storage

    def _amounts(self) -> tuple[Quantity | None, ...]:
        return (self.cpu, self.mem, self.gpu, self.ephemeral_storage)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Resources) and self._amounts() == other._amounts()

    def __hash__(self) -> int:
        return hash(self._amounts())

    def __repr__(self) -> str:
        names = ("cpu", "mem", "gpu", "ephemeral_storage")
        given = [f"{name}={amount!r}" for name, amount in zip(names, self._amounts()) if amount is not None]
        return f"Resources({', '.join(given)})"
