"""Parts of promises: ``x.attr``, ``x[0]``, ``x["k"]``, ``x[1:3]``.

The type says which parts there are; positions in lists and keys of dicts only a run knows.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from dagwright.contract.paths import spell_bounds
from dagwright.contract.types import Type, tuple_of, union_of
from dagwright_compiler.diagnostics import codes
from dagwright_compiler.diagnostics.suggestions import did_you_mean
from dagwright_compiler.diagnostics.wording import listed
from dagwright_compiler.frontend.origins import source_places
from dagwright_compiler.frontend.promises import Broken, Promise, Static, Value, describe_source, part_at
from dagwright_compiler.frontend.typing_rules import spell
from dagwright_compiler.frontend.unread_types import UNREAD
from dagwright_compiler.frontend.wire_values import describe

if TYPE_CHECKING:
    from dagwright_compiler.frontend.frames import Frame
    from dagwright_compiler.ir.program import ClassDef, Slice

_IN_A_TASK = "read it in the task that needs it"
_OF_WRAPPERS = ("value", "values", "result", "output", "outputs", "data")
"""Attributes of the objects that other tools wrap results in."""
_KEYS = ("int", "str", "unknown")
_LARGEST = 1 << 63


class _Refusal(Exception):  # noqa: N818 - becomes a finding
    """A type has no such part; ``help_`` says what to write."""

    def __init__(self, reason: str, help_: str = _IN_A_TASK) -> None:
        super().__init__(reason)
        self.reason = reason
        self.help_ = help_


def attribute(frame: Frame, owner: Promise, node: ast.Attribute) -> Value:
    """``x.attr``: a field of a dataclass, named tuple or model."""
    try:
        return part_at(owner, node.attr, _field_type(frame, owner.type, node.attr), f".{node.attr}")
    except _Refusal as refusal:
        return _report(frame, owner, node, refusal)


def cut(frame: Frame, owner: Promise, node: ast.Subscript, bounds: Slice | Broken) -> Value:
    """``x[1:3]``: some of a list, a tuple or a text; as in Python, one beyond the end is shorter."""
    if isinstance(bounds, Broken):
        return bounds
    try:
        declared = _slice_type(owner.type, bounds)
    except _Refusal as refusal:
        return _report(frame, owner, node, refusal)
    return part_at(owner, bounds, declared, f"[{spell_bounds(bounds)}]")


def _slice_type(declared: Type, bounds: Slice) -> Type:
    if declared.kind == "union":
        return union_of([_slice_type(member, bounds) for member in _members(declared)])
    if bounds[2] == 0:
        raise _Refusal("a slice's step is never 0", "write another step, or none")
    if declared.kind in ("list", "vartuple", "str", "unknown"):
        return declared
    if declared.kind == "tuple":
        return tuple_of(*declared.args[slice(*bounds)])
    raise _Refusal(f"`{spell(declared)}` cannot be sliced")


def item(frame: Frame, owner: Promise, node: ast.Subscript, index: Value) -> Value:
    """``x[0]``, ``x["k"]``: an item of a list or tuple, a value of a dict."""
    if isinstance(index, Broken):
        return index
    if not isinstance(index, Static):
        message = f"an index is needed while compiling, but this is {describe_source(index)}"
        return frame.report(codes.PROMISE_OPERATION, message, node.slice, help_=_IN_A_TASK)
    try:
        step, declared = _item(frame, owner.type, index.value)
    except _Refusal as refusal:
        return _report(frame, owner, node, refusal)
    return part_at(owner, step, declared, f"[{index.value!r}]")


def _field_type(frame: Frame, declared: Type, name: str) -> Type:
    kind = declared.kind
    if kind == "union":
        return union_of([_field_type(frame, member, name) for member in _members(declared)])
    if declared is UNREAD:
        return UNREAD
    if kind == "unknown":
        raise _Refusal("its type is not known", "annotate what it is, or read it in the task that needs it")
    if kind == "opaque":
        raise _Refusal(f"the fields of `{spell(declared)}` are not known")
    if kind == "dict":
        raise _Refusal(f"`{spell(declared)}` has keys", f'write `["{name}"]`')
    definition = frame.services.classes.definition(declared.name) if declared.kind == "class" else None
    if definition is not None and definition.kind == "enum":
        return _of_member(declared, definition, name)
    definition = _record(frame, declared)
    if definition is None:
        help_ = f"leave `.{name}` out: the result is passed on as it is" if name in _OF_WRAPPERS else _IN_A_TASK
        if kind in ("file", "directory", "table"):
            help_ = f"pass it on as it is, and read `.{name}` inside the task"
        raise _Refusal(f"`{spell(declared)}` has no fields that a workflow can read", help_)
    if definition.kind == "typeddict":
        raise _Refusal(f"`{spell(declared)}` has keys", f'write `["{name}"]`')
    for field in definition.fields:
        if field.name == name:
            return field.type
    names = [field.name for field in definition.fields]
    raise _Refusal(
        f"`{spell(declared)}` has no field `{name}`",
        did_you_mean(name, names) or listed("field", names),
    )


def _of_member(declared: Type, definition: ClassDef, name: str) -> Type:
    """Type of the name or the value of a member of an enum."""
    if name == "name":
        return Type("str")
    if name != "value":
        raise _Refusal(
            f"`{spell(declared)}` is an enum", did_you_mean(name, ("name", "value")) or "its members have `name` and `value`"
        )
    if not definition.values:
        raise _Refusal(f"compiling does not know the values of `{spell(declared)}`")
    return union_of([Type(type(value).__name__) for value in definition.values])


def _members(union: Type) -> list[Type]:
    """Members of a union, each of which must have the part: a run may give any of them, so ``None`` is refused as at an edge."""
    if union.args[-1].kind == "none":
        some = spell(union_of(union.args[:-1]))
        help_ = f"declare `{some}` where the value is made, or {_IN_A_TASK}: there it can be compared with `None`"
        raise _Refusal(f"`{spell(union)}` may be `None`", help_)
    return list(union.args)


def _item(frame: Frame, declared: Type, index: object) -> tuple[int | str, Type]:
    kind = declared.kind
    if kind == "union":
        found = [_item(frame, member, index) for member in _members(declared)]
        steps = {step for step, _ in found}
        if len(steps) != 1:
            raise _Refusal("the members of its type disagree on where that is")
        return steps.pop(), union_of([part for _, part in found])
    if type(index) not in (int, str):
        raise _Refusal(f"a workflow reads items by whole numbers and text, found {describe(index)}")
    assert isinstance(index, int | str)
    if isinstance(index, int) and abs(index) >= _LARGEST:
        raise _Refusal("a workflow reads items by numbers of up to 63 bits")
    if kind == "unknown":
        return index, declared
    if kind == "dict":
        key, value = declared.args
        if key.kind not in _KEYS:
            raise _Refusal(f"a workflow reads keys that are whole numbers or text, and these are `{spell(key)}`")
        if key.kind not in ("unknown", type(index).__name__):
            raise _Refusal(f"its keys are `{spell(key)}`, found {describe(index)}", f"write a key of type `{spell(key)}`")
        return index, value
    if kind in ("list", "tuple", "vartuple"):
        if isinstance(index, str):
            raise _Refusal(f"the items of `{spell(declared)}` are found by position", "write a number: `[0]`")
        return _position(declared, [*enumerate(declared.args)], index) if kind == "tuple" else (index, declared.args[0])
    definition = _record(frame, declared)
    if definition is not None and definition.kind == "namedtuple" and isinstance(index, int):
        return _position(declared, [(field.name, field.type) for field in definition.fields], index)
    if definition is not None and definition.kind == "typeddict":
        return _key(declared, definition, index)
    if definition is not None and isinstance(index, str) and index.isidentifier():
        raise _Refusal(f"`{spell(declared)}` has attributes", f"write `.{index}`")
    is_single = index == 0 and kind in ("int", "float", "bool", "datetime", "file", "directory", "table")
    help_ = "leave `[0]` out: the result is passed on as it is" if is_single else _IN_A_TASK
    raise _Refusal(f"`{spell(declared)}` has no items that a workflow can read", help_)


def _key(declared: Type, definition: ClassDef, index: int | str) -> tuple[int | str, Type]:
    """A value of a typed dict; one that may be absent is known to be there only in a run."""
    for field in definition.fields:
        if field.name == index:
            return index, field.type
    names = [field.name for field in definition.fields]
    help_ = did_you_mean(str(index), names) or listed("key", names)
    raise _Refusal(f"`{spell(declared)}` has no key {index!r}", help_)


def _position(
    declared: Type, items: list[tuple[int, Type]] | list[tuple[str, Type]] | list[tuple[int | str, Type]], index: int
) -> tuple[int | str, Type]:
    if not -len(items) <= index < len(items):
        raise _Refusal(f"`{spell(declared)}` has {len(items)} items", f"write a number below {len(items)}")
    return items[index]


def _record(frame: Frame, declared: Type) -> ClassDef | None:
    definition = frame.services.classes.definition(declared.name) if declared.kind == "class" else None
    return definition if definition is not None and definition.kind != "enum" else None


def _report(frame: Frame, owner: Promise, node: ast.Attribute | ast.Subscript, refusal: _Refusal) -> Broken:
    if isinstance(node, ast.Attribute) and _is_output(owner, node.attr):
        assert owner.call is not None
        name = owner.call.callee.node.name
        message = f"`{name}` has one result, which has no parts by number"
        return frame.report(codes.UNKNOWN_PART, message, node, help_=f"leave `.{node.attr}` out: the call is the result itself")
    part = f".{node.attr}" if isinstance(node, ast.Attribute) else f"[{ast.unparse(node.slice)}]"
    message = f"{describe_source(owner)} has no `{part}`: {refusal.reason}"
    return frame.report(codes.UNKNOWN_PART, message, node, help_=refusal.help_, related=tuple(source_places(frame, owner)))


def _is_output(owner: Promise, name: str) -> bool:
    """Whether a part is what flytekit calls the one result of a node: ``node.o0``."""
    return owner.call is not None and not owner.path and name[:1] == "o" and name[1:].isdecimal()
