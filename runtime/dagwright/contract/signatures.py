"""Signatures: one digest for the full interface of a task, classes expanded. Computed by the compiler alone.

Names and types of inputs and outputs count, in order; docstrings, defaults and spellings (``List`` or ``list``) do not.
"""

from __future__ import annotations

from dagwright.contract.keys import canonical, sha256_hex

TYPE_CHECKING = False  # as in ``typing``, whose import alone costs an attempt 4 ms
if TYPE_CHECKING:
    from typing import Iterable, Mapping

    from dagwright.contract.types import Type


def interface_signature(
    inputs: Iterable[tuple[str, Type]],
    outputs: Iterable[tuple[str, Type]],
    classes: Mapping[str, tuple[str, tuple[tuple[str, Type], ...], tuple[str, ...]]],
) -> str:
    """Digest an interface.

    Args:
        inputs: Names and types, in order.
        outputs: Names and types, in order.
        classes: Kind, fields and enum members of every class that types may name.

    Returns:
        64 hex digits; equal for equal interfaces, also where classes are recursive.
    """
    ins, outs = list(inputs), list(outputs)
    seen: dict[str, list[object]] = {}
    pending = [declared for _, declared in [*ins, *outs]]
    while pending:
        declared = pending.pop()
        pending.extend(declared.args)
        if declared.kind == "class" and declared.name not in seen and declared.name in classes:
            kind, fields, members = classes[declared.name]
            seen[declared.name] = [kind, [[name, field.text] for name, field in fields], list(members)]
            pending.extend(field for _, field in fields)
    body = [[[n, t.text] for n, t in ins], [[n, t.text] for n, t in outs], seen]
    return sha256_hex(canonical(body))
