"""Kubernetes quantities to what AWS Batch grants: whole vCPUs and MiB on EC2, one point of a grid on Fargate.

Pure functions over quantities; who asked, and where, is the business of ``lower``.
"""

from __future__ import annotations

from fractions import Fraction
from math import ceil
from typing import TYPE_CHECKING, NamedTuple

from dagwright_compiler.ir.program import Resources
from dagwright_compiler.ir.quantities import amount

if TYPE_CHECKING:
    from dagwright_batch.settings import Platform

_MIB = 1024**2
_GIB = 1024**3
_EC2_LEAST_MIB = 4

FARGATE: tuple[tuple[str, tuple[int, ...]], ...] = (
    ("0.25", (512, 1024, 2048)),
    ("0.5", tuple(range(1024, 4097, 1024))),
    ("1", tuple(range(2048, 8193, 1024))),
    ("2", tuple(range(4096, 16_385, 1024))),
    ("4", tuple(range(8192, 30_721, 1024))),
    ("8", tuple(range(16_384, 61_441, 4096))),
    ("16", tuple(range(32_768, 122_881, 8192))),
    ("32", (61_440, 122_880, 249_856)),
)
"""vCPUs and the MiB that go with them, both ascending."""
_FARGATE_GIB = (21, 200)


class DoesNotFitError(Exception):
    """AWS Batch cannot grant what was asked; the text says what (lower case, no full stop)."""


class Fit(NamedTuple):
    """What a job gets, in the text that the API takes, and remarks on every difference a user should know."""

    vcpu: str
    memory_mib: int
    gpu: str | None
    storage_gib: int | None
    remarks: tuple[str, ...]


def quantity(text: str) -> Fraction:
    """Read a Kubernetes quantity exactly: ``500m``, ``1.5``, ``16Gi``, ``1e3``.

    Raises:
        DoesNotFitError: ``text`` is no quantity.
    """
    found = amount(text)
    if found is None or found < 0:
        raise DoesNotFitError(f"{text!r} is not a quantity such as 500m, 2 or 16Gi")
    return found


def fit(requests: Resources | None, limits: Resources | None, *, platform: Platform, cpu: str, memory: str) -> Fit:
    """Choose what a job gets.

    Batch has one hard memory limit: the limit where there is one, else the request. CPU on EC2 is a share, so the request
    counts; on Fargate it is a ceiling, so the limit does.

    Args:
        requests: What the task asks for.
        limits: What it may use.
        platform: ``EC2`` or ``FARGATE``.
        cpu: CPU of a task that names none.
        memory: Memory of a task that names none.

    Raises:
        DoesNotFitError: Batch cannot grant it.
    """
    asked, most = requests or Resources(), limits or Resources()
    remarks = []
    if asked.mem and most.mem and quantity(asked.mem) != quantity(most.mem):
        remarks.append(f"requests {asked.mem} and limits {most.mem} of memory become one limit of {most.mem}")
    cpus = quantity((asked.cpu or most.cpu if platform == "EC2" else most.cpu or asked.cpu) or cpu)
    bytes_ = quantity(most.mem or asked.mem or memory)
    if platform == "EC2":
        vcpu, mib = str(max(1, ceil(cpus))), max(_EC2_LEAST_MIB, ceil(bytes_ / _MIB))
    else:
        vcpu, mib = _fargate(cpus, bytes_)
        if cpus >= 1 and Fraction(vcpu) >= 2 * cpus:
            remarks.append(f"Fargate grants {vcpu} vCPUs to hold the memory where {float(cpus):g} were asked for")
        if bytes_ >= _GIB and mib * _MIB >= 2 * bytes_:
            remarks.append(f"Fargate grants {mib} MiB with {vcpu} vCPUs where {ceil(bytes_ / _MIB)} MiB were asked for")
    gpu = most.gpu or asked.gpu
    if asked.gpu and most.gpu and quantity(asked.gpu) != quantity(most.gpu):
        remarks.append(f"requests {asked.gpu} and limits {most.gpu} of GPUs become {most.gpu}")
    storage = most.ephemeral_storage or asked.ephemeral_storage
    if storage and platform == "EC2":
        remarks.append("the disk of an EC2 job is its instance's: ephemeral_storage has no effect")
    return Fit(
        vcpu,
        mib,
        _gpu(gpu, platform) if gpu else None,
        _storage(storage) if storage and platform == "FARGATE" else None,
        tuple(remarks),
    )


def _fargate(cpus: Fraction, bytes_: Fraction) -> tuple[str, int]:
    for vcpu, sizes in FARGATE:
        if Fraction(vcpu) >= cpus and sizes[-1] * _MIB >= bytes_:
            return vcpu, next(mib for mib in sizes if mib * _MIB >= bytes_)
    most, sizes = FARGATE[-1]
    raise DoesNotFitError(
        f"Fargate has no size with {float(cpus):g} vCPUs and {ceil(bytes_ / _MIB)} MiB; its largest is {most} and {sizes[-1]} MiB"
    )


def _gpu(text: str, platform: Platform) -> str | None:
    count = quantity(text)
    if count.denominator != 1:
        raise DoesNotFitError(f"{text} is not a whole number of GPUs")
    if count and platform == "FARGATE":
        raise DoesNotFitError("Fargate has no GPUs")
    return str(count) if count else None


def _storage(text: str) -> int:
    least, most = _FARGATE_GIB
    gib = max(least, ceil(quantity(text) / _GIB))
    if gib > most:
        raise DoesNotFitError(f"Fargate has at most {most} GiB of ephemeral storage, {text} were asked for")
    return gib
