"""Accelerators that tasks run on: ``@task(accelerator=T4)``. The compiler reads them from the source."""

from __future__ import annotations

__all__ = [
    "A10G",
    "A100",
    "A100_80GB",
    "H100",
    "H200",
    "K80",
    "L4",
    "L4_VWS",
    "L40S",
    "M60",
    "P4",
    "P100",
    "RTX_PRO_6000",
    "T4",
    "V100",
    "GPUAccelerator",
    "MultiInstanceGPUAccelerator",
]


class GPUAccelerator:
    """A device by the name that nodes have it under."""

    __slots__ = ("device",)

    def __init__(self, device: str) -> None:
        self.device = device

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.device!r})"


class MultiInstanceGPUAccelerator(GPUAccelerator):
    """A device that can be divided: ``partition_size`` is the size of a slice, empty for the undivided device."""

    __slots__ = ("partition_size",)

    def __init__(self, device: str, partition_size: str | None = None) -> None:
        super().__init__(device)
        self.partition_size = partition_size

    @property
    def unpartitioned(self) -> MultiInstanceGPUAccelerator:
        """The undivided device."""
        return MultiInstanceGPUAccelerator(self.device, "")

    def partitioned(self, partition_size: str) -> MultiInstanceGPUAccelerator:
        """A slice of the device."""
        return MultiInstanceGPUAccelerator(self.device, partition_size)

    def __getattr__(self, name: str) -> MultiInstanceGPUAccelerator:
        if not name.startswith("partition_") or name == "partition_size":
            raise AttributeError(name)
        return self.partitioned(name[len("partition_") :].replace("_", "."))


A10G = GPUAccelerator("nvidia-a10g")
H100 = GPUAccelerator("nvidia-h100")
H200 = GPUAccelerator("nvidia-h200")
L4 = GPUAccelerator("nvidia-l4")
L4_VWS = GPUAccelerator("nvidia-l4-vws")
L40S = GPUAccelerator("nvidia-l40s")
RTX_PRO_6000 = GPUAccelerator("nvidia-rtx-pro-6000")
K80 = GPUAccelerator("nvidia-tesla-k80")
M60 = GPUAccelerator("nvidia-tesla-m60")
P4 = GPUAccelerator("nvidia-tesla-p4")
P100 = GPUAccelerator("nvidia-tesla-p100")
T4 = GPUAccelerator("nvidia-tesla-t4")
V100 = GPUAccelerator("nvidia-tesla-v100")
A100 = MultiInstanceGPUAccelerator("nvidia-tesla-a100")
A100_80GB = MultiInstanceGPUAccelerator("nvidia-a100-80gb")
