"""Paths into values: what ``x.items[0]["k"]`` in a workflow reads, in wire form and as Python values alike.

A path is a list of steps. What a step means, the type tells: the name of a field of a class, a position in a list or tuple, a key
of a dict. A step of three bounds is a slice of a list, a tuple or a text. The compiler has checked fields, tuples and the types of keys;
lists, dicts and ``None`` are known only when there is a value.

The members of an enum have the parts ``name`` and, where the plan knows their values, ``value``.
"""

from __future__ import annotations

from dagwright.contract.types import UNKNOWN, Type, dict_of, list_of, parse, tuple_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Mapping, Optional, Sequence, Union

    from dagwright.contract.schema import ClassDef

    Bounds = Sequence[Optional[int]]
    Step = Union[int, str, Bounds]


_CUT = frozenset({"list", "literal", "tuple", "vartuple", "str", "union", "unknown"})
"""Kinds of types whose values may have slices; what else is an array or a text on the wire has none."""


class NoSuchPart(LookupError):  # noqa: N818 - what the user reads; "error" would say it twice
    """A value has no part where a path leads; the text says which, and what is there."""


def follow_wire(declared: Type, data: Any, path: Sequence[Step], classes: Mapping[str, ClassDef]) -> tuple[Type, Any]:
    """Walk wire data; give the type and the data of the part.

    Raises:
        NoSuchPart: There is none.
    """
    for number, step in enumerate(path):
        declared, data = _member_of_wire(declared, data)
        kind, where = declared.kind, path[:number]
        if isinstance(step, (list, tuple)):
            declared, data = _cut(declared, data, step, where)
        elif kind == "class" and classes[declared.name]["kind"] == "enum":
            declared, data = _of_member(classes[declared.name], data, step)
        elif kind == "class":
            field = next((field for field in classes[declared.name].get("fields", ()) if field["name"] == step), None)
            if field is None:
                raise NoSuchPart(f"{_what(where)} has no field {step!r}")
            if step not in data:  # a key of a typed dict that may be absent
                raise NoSuchPart(f"{_what(where)} has no key {step!r}")
            declared, data = parse(field["type"]), data[step]
        elif kind in ("list", "tuple", "vartuple"):
            declared, data = _element(declared, step, where, len(data)), data[step]
        elif kind == "dict":
            pairs = list(data.items()) if type(data) is dict else data
            declared, data = declared.args[1], _value_at(pairs, step, where)
        else:
            raise _no_parts(where, step, None if data is None else kind)
    return declared, data


def follow_value(declared: Type, value: Any, path: Sequence[Step]) -> Any:
    """Walk a Python value of the declared type; give the part.

    Raises:
        NoSuchPart: There is none.
    """
    for number, step in enumerate(path):
        declared = _member_of_value(declared, value)
        kind, where = declared.kind, path[:number]
        if isinstance(step, (list, tuple)):
            declared, value = _cut(declared, value, step, where)
        elif kind == "class" and isinstance(value, dict):
            declared, value = UNKNOWN, _value_at(list(value.items()), step, where)
        elif step in ("name", "value") and hasattr(type(value), "__members__"):
            declared, value = UNKNOWN, getattr(value, str(step))
        elif kind == "class":
            if step not in _field_names(value):
                raise NoSuchPart(f"{_what(where)} has no field {step!r}")
            declared, value = UNKNOWN, getattr(value, str(step))
        elif kind in ("list", "tuple", "vartuple"):
            declared, value = _element(declared, step, where, len(value)), value[step]
        elif kind == "dict":
            declared, value = declared.args[1], _value_at(list(value.items()), step, where)
        else:
            raise _no_parts(where, step, None if value is None else type(value).__name__)
    return value


def spell_path(path: Sequence[Step]) -> str:
    """A path as a message shows it: names of fields and keys look alike, because a plan does not tell them apart."""
    return "".join(f"[{spell_bounds(step) if isinstance(step, (list, tuple)) else repr(step)}]" for step in path)


def spell_bounds(bounds: Bounds) -> str:
    """A slice as people write it: ``1:3``, ``:10``, ``::2``."""
    texts = ["" if bound is None else str(bound) for bound in bounds]
    return ":".join(texts if texts[-1] else texts[:-1])


def _of_member(definition: ClassDef, name: str, step: Step) -> tuple[Type, Any]:
    """The name or the value of a member of an enum."""
    if step == "name":
        return parse("str"), name
    values = definition.get("values", ())
    if step != "value" or not values:
        raise NoSuchPart(f"{name} is a member of {definition['qualname']}, so there is no [{step!r}]")
    value = values[definition.get("members", []).index(name)]
    return parse(type(value).__name__), value


def _cut(declared: Type, value: Any, bounds: Bounds, where: Sequence[Step]) -> tuple[Type, Any]:
    """A slice of a list, a tuple or a text; as in Python, one beyond the end is shorter."""
    if declared.kind not in _CUT or not isinstance(value, (list, tuple, str)) or _has_parts_of_its_own(value):
        what = "None" if value is None else type(value).__name__ if declared.kind == "unknown" else declared.kind
        raise NoSuchPart(f"{_what(where)} is {what}, so there is no [{spell_bounds(bounds)}]")
    found = value[slice(*bounds)]
    if declared.kind == "literal":
        return parse("str"), found
    return (tuple_of(*declared.args[slice(*bounds)]) if declared.kind == "tuple" else declared), found


def _has_parts_of_its_own(value: Any) -> bool:
    """Tell named tuples and members of enums, which are tuples and texts too."""
    return hasattr(value, "_fields") or hasattr(type(value), "__members__")


def _member_of_wire(declared: Type, data: Any) -> tuple[Type, Any]:
    """See through unions and values without a declared type."""
    while declared.kind in ("union", "unknown"):
        if declared.kind == "union" and len(declared.args) == 2 and declared.args[1].kind == "none":
            if data is None:
                break
            declared = declared.args[0]
        elif type(data) is dict and set(data) == {"$u", "v"}:
            declared, data = parse(data["$u"]), data["v"]
        elif type(data) is dict and set(data) == {"$d"}:
            declared, data = dict_of(UNKNOWN, UNKNOWN), data["$d"]
        elif type(data) is list:
            declared = list_of(UNKNOWN)
        else:
            break
    return declared, data


def _member_of_value(declared: Type, value: Any) -> Type:
    """See through unions and values without a declared type, by what the value is."""
    if declared.kind not in ("union", "unknown") or value is None:
        return declared
    for cls, kind in ((list, "list"), (dict, "dict")):
        if isinstance(value, cls):
            found = [member for member in declared.args if member.kind == kind]
            open_type = list_of(UNKNOWN) if kind == "list" else dict_of(UNKNOWN, UNKNOWN)
            return found[0] if len(found) == 1 else open_type
    if isinstance(value, tuple) and not hasattr(value, "_fields"):
        return tuple_of(*(UNKNOWN for _ in value))
    return Type("class", (), type(value).__qualname__) if _field_names(value) else declared


def _field_names(value: Any) -> Sequence[str]:
    """Names of the fields of a dataclass, a named tuple or a pydantic model."""
    cls = type(value)
    for table in ("__dataclass_fields__", "_fields", "model_fields", "__fields__"):
        found = getattr(cls, table, None)
        if found:
            return tuple(found)
    return ()


def _element(declared: Type, step: Step, where: Sequence[Step], length: int) -> Type:
    if type(step) is not int or not -length <= step < length:
        items = f"{length} item{'' if length == 1 else 's'}"
        raise NoSuchPart(f"{_what(where)} has {items}, so there is no [{step!r}]")
    return declared.args[step] if declared.kind == "tuple" else declared.args[0]


def _value_at(pairs: Sequence[Any], step: Step, where: Sequence[Step]) -> Any:
    for key, value in pairs:
        if type(key) is type(step) and key == step:
            return value
    shown = ", ".join(repr(key) for key, _ in pairs[:5])
    more = ", ..." if len(pairs) > 5 else ""
    raise NoSuchPart(
        f"{_what(where)} has no key {step!r}; its keys are {shown}{more}" if pairs else f"{_what(where)} is an empty dict"
    )


def _no_parts(where: Sequence[Step], step: Step, kind: str | None) -> NoSuchPart:
    return NoSuchPart(f"{_what(where)} is {'None' if kind is None else kind}, so there is no [{step!r}]")


def _what(where: Sequence[Step]) -> str:
    return f"its part {spell_path(where)}" if where else "the value"
