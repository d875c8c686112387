"""How much memory each attempt of a task has that may be killed for want of it: quantities, and the expressions with which Argo chooses one.

Argo has one counter for all attempts of a pod, and its number says nothing of why they ended. So the step that an attempt has stands in its termination
message, which Argo hands to the next one as ``lastRetry.message``: after an OOM kill that is a step more, after anything else the same one. The runtime
writes it there before the task begins (``contract.names.ENV_MEMORY``), because the kernel may leave nobody to write it afterwards. A pod that was lost without a word,
and the first one after ``argo retry``, begin with the first step.
"""

from __future__ import annotations

import json
from fractions import Fraction
from functools import lru_cache
from typing import TYPE_CHECKING

import msgspec

from dagwright.contract.names import MEMORY_NEXT, memory_mark
from dagwright_compiler.ir.quantities import amount

if TYPE_CHECKING:
    from collections.abc import Mapping

    from dagwright_argo import model
    from dagwright_argo.settings import ArgoSettings

_KILLED = "m startsWith 'main: OOMKilled'"
MAY_GROW = f"lastRetry.message matches '[[]memory [0-9] of [0-9]: [^]]*{MEMORY_NEXT}'"
"""Whether the attempt before said that the next one gets more."""
_UNITS = (("Gi", 2**30), ("G", 10**9), ("Mi", 2**20), ("M", 10**6), ("Ki", 2**10), ("k", 10**3))


class MemorySteps(msgspec.Struct, frozen=True):
    """Memory by step, as requests and as limits have it; of what a task does not have there is nothing."""

    requests: tuple[str, ...]
    limits: tuple[str, ...]

    @property
    def count(self) -> int:
        """How many steps there are: one more than the attempts that OOM kills pay for."""
        return max(len(self.requests), len(self.limits))

    def variable(self) -> str:
        """The expression that gives an attempt its mark."""
        sizes = self.limits or self.requests
        return _chosen([memory_mark(sizes, step) for step in range(self.count)])

    def patch(self) -> str:
        """The patch of the pod, as JSON text: memory, and nothing else of its resources."""
        resources = {
            kind: {"memory": _chosen(sizes)} for kind, sizes in (("requests", self.requests), ("limits", self.limits)) if sizes
        }
        return json.dumps({"containers": [{"name": "main", "resources": resources}]}, separators=(",", ":"))


def _chosen(texts: tuple[str, ...] | list[str]) -> str:
    """The expression that chooses one of the texts by what the attempt before said."""
    last = len(texts)
    said = "0"
    for step in range(2, last + 1):
        said = f"m contains '[memory {step} of ' ? {step - 1} : {said}"
    # The last one stands there twice: Argo asks before it knows that no attempt follows.
    shown = ", ".join(f"'{text}'" for text in (*texts, texts[-1]))
    return f"{{{{=let m = lastRetry.message; [{shown}][({said}) + ({_KILLED} ? 1 : 0)]}}}}"


def memory_steps(resources: model.Resources, settings: ArgoSettings, retries: int) -> MemorySteps | None:
    """Give the steps of a container with these resources; ``None`` where an OOM kill is final."""
    requests, limits = _of(resources.requests), _of(resources.limits)
    if not retries or not (requests or limits):
        return None
    return _steps(requests, limits, settings.oom_factor, settings.oom_memory_max, retries)


def _of(quantities: Mapping[str, str] | None) -> str:
    return (quantities or {}).get("memory", "")


@lru_cache(256)
def _steps(request: str, limit: str, factor: float, most: str, retries: int) -> MemorySteps | None:
    ceiling = amount(most) if most else None
    known = [(request, limit)]
    for number in range(1, retries + 1):
        grown = _grown(request, factor, number, ceiling), _grown(limit, factor, number, ceiling)
        if grown[bool(limit)] == known[-1][bool(limit)]:  # what has the most that is allowed gets no more
            break
        known.append(grown)
    if len(known) == 1:
        return None
    return MemorySteps(
        requests=tuple(each for each, _ in known) if request else (), limits=tuple(each for _, each in known) if limit else ()
    )


def _grown(quantity: str, factor: float, number: int, ceiling: Fraction | None) -> str:
    """A quantity some steps later; one that is above the ceiling already stays as it is."""
    first = amount(quantity) if quantity else None
    if first is None:  # reported where it is written
        return quantity
    wanted = first * Fraction(str(factor)) ** number
    if ceiling is not None:
        wanted = max(first, min(wanted, ceiling))
    return quantity if wanted == first else _written(wanted)


def _written(bytes_: Fraction) -> str:
    """The largest unit in which the number is whole, of bytes rounded up."""
    whole = -(-bytes_.numerator // bytes_.denominator)
    return next((f"{whole // size}{unit}" for unit, size in _UNITS if whole % size == 0), str(whole))
