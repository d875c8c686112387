"""Types as Python spells them: what users read in messages."""

from __future__ import annotations

from dagwright.contract.types import arguments_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Mapping

    from dagwright.contract.schema import ClassDef
    from dagwright.contract.types import Type

_SPELLINGS = {
    "none": "None",
    "unknown": "Any",
    "ndarray": "numpy.ndarray",
    "tensor": "torch.Tensor",
    "decimal": "Decimal",
    "uuid": "UUID",
    "path": "Path",
    "file": "File",
    "directory": "Directory",
}


def spell(declared: Type, classes: Mapping[str, ClassDef]) -> str:
    """Spell a type: ``union[int, none]`` is ``int | None``; a class goes by its name within its module."""
    kind = declared.kind
    if kind == "class":
        if declared.name not in classes:
            return declared.name
        arguments = ", ".join(spell(argument, classes) for argument in arguments_of(declared.name))
        return classes[declared.name]["qualname"] + (f"[{arguments}]" if arguments else "")
    if kind in ("opaque", "table"):
        return declared.name or "StructuredDataset"
    if kind in ("file", "directory") and declared.name:
        return f'{_SPELLINGS[kind]}["{declared.name}"]'
    if kind == "literal":
        from json import loads

        return f"Literal[{', '.join(map(repr, loads(f'[{declared.name}]')))}]"
    parts = [spell(arg, classes) for arg in declared.args]
    if kind == "union":
        return " | ".join(parts)
    if kind == "vartuple":
        return f"tuple[{parts[0]}, ...]"
    if kind == "tuple" and not parts:
        return "tuple[()]"
    return f"{kind}[{', '.join(parts)}]" if parts else _SPELLINGS.get(kind, kind)
