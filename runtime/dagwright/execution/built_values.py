"""Lists, tuples, dicts and instances that a workflow writes out, with results in them: parts brought together under one declared type.

Input: a binding of the plan and what gives each part. Output: wire data. A part already in the wire form of its place is taken as it is,
so nothing is decoded and no blob is fetched; any other is converted as a task's own input would be. Only an instance of a class that runs
code is made by its class.
"""

from __future__ import annotations

from dagwright.contract.types import Type, parse
from dagwright.execution.faults import UserFailure
from dagwright.execution.given import Wire, read

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Iterator, Mapping, Sequence

    from dagwright.contract.schema import Binding, BuiltBinding, ClassDef, StructBinding
    from dagwright.execution.given import Given
    from dagwright.values import Codec, ValueMismatch
    from dagwright.values.form import Blobs

    Fetch = Callable[[str], bytes]


def build(binding: BuiltBinding, part: Callable[[Binding], Given], codec: Codec) -> Wire:
    """Give the wire form of the whole.

    Raises:
        UserFailure: A part is not of the type of its place.
    """
    declared = parse(binding["type"])
    fetches: dict[str, Fetch] = {}
    if binding["kind"] == "dict":
        keys, parts = [key for key, _ in binding["items"]], [part(item) for _, item in binding["items"]]
        items = [_placed(given, declared.args[1], codec, fetches) for given in parts]
        is_object = declared.args[0].kind == "str"
        together = stand_ins(parts, [declared.args[1]] * len(items), items, codec)
        pairs = dict(zip(keys, items)) if is_object else [[key, item] for key, item in zip(keys, items)]
        return Wire(declared, pairs, _fetch_of(fetches), stand_in=together and named(keys, together))
    if binding["kind"] == "struct":
        of_fields = places_of_fields(codec.classes[declared.name])
        if binding.get("constructs"):
            return _constructed(declared, binding, of_fields, part, codec)
        places: Sequence[Type] = [of_fields[name] for name in binding["items"]]
        parts = [part(item) for item in binding["items"].values()]
        items = [_placed(given, place, codec, fetches) for given, place in zip(parts, places)]
        together = stand_ins(parts, places, items, codec)
        fields = dict(zip(binding["items"], items))
        return Wire(declared, fields, _fetch_of(fetches), stand_in=together and named(list(fields), together))
    places = places_of(declared, len(binding["items"]))
    parts = [part(item) for item in binding["items"]]
    items = [_placed(given, place, codec, fetches) for given, place in zip(parts, places)]
    return Wire(declared, items, _fetch_of(fetches), stand_in=stand_ins(parts, places, items, codec))


def stand_ins(parts: Sequence[Given], places: Sequence[Type], items: Sequence[Any], codec: Codec) -> list[Any] | None:
    """What stands in keys for what is brought together, where any part has a stand-in; ``items`` are the parts' data in their places."""
    if all(given.stand_in is None for given in parts):
        return None
    from dagwright.execution.user_hashes import of_parts

    return of_parts([(given.stand_in, place, item) for given, place, item in zip(parts, places, items)], codec.classes)


def named(keys: Sequence[Any], together: Sequence[Any]) -> Any:
    """Stand-ins by key, in an order of their own: that of pairs and fields does not count."""
    from dagwright.contract.keys import canonical

    return sorted(([key, stand_in] for key, stand_in in zip(keys, together)), key=lambda pair: canonical(pair[0]))


def places_of(declared: Type, count: int) -> tuple[Type, ...]:
    """Types of the items of a list or tuple."""
    return declared.args if declared.kind == "tuple" else declared.args * count


def places_of_fields(definition: ClassDef) -> dict[str, Type]:
    """Types of the fields of a class, by name."""
    return {field["name"]: parse(field["type"]) for field in definition.get("fields", ())}


def _constructed(
    declared: Type, binding: StructBinding, places: Mapping[str, Type], part: Callable[[Binding], Given], codec: Codec
) -> Wire:
    """An instance that its class makes."""
    arguments = {name: _value(part(item), places[name], codec) for name, item in binding["items"].items()}
    instance = constructed(declared, arguments, codec)
    blobs: Blobs = {}
    data = codec.encode(instance, declared, blobs)
    return Wire(declared, data, _reader(blobs))


def constructed(declared: Type, arguments: dict[str, Any], codec: Codec) -> Any:
    """Have a class make an instance; what its code raises is the user's.

    Raises:
        UserFailure: It raised, or made something that is not of its own fields' types.
    """
    from dagwright.values import ValueMismatch

    try:
        made = codec.class_of(declared)(**arguments)
    except ValueMismatch as mismatch:  # what a model refuses
        raise misplaced(mismatch) from None
    except Exception as error:
        raise UserFailure(error) from error
    try:
        return codec.normalise(made, declared)
    except ValueMismatch as mismatch:
        raise misplaced(mismatch) from None


def misplaced(mismatch: ValueMismatch) -> UserFailure:
    """Say that a part is not of the type of its place."""
    return UserFailure(TypeError(f"a part of what the workflow builds: {mismatch}"))


def _placed(given: Given, declared: Type, codec: Codec, fetches: dict[str, Fetch]) -> Any:
    """Give a part's data under the type of its place; ``fetches`` learns where its blobs come from."""
    if isinstance(given, Wire) and given.type == declared:
        fetches.update(dict.fromkeys(_blobs_in(given.data), given.fetch))
        return given.data
    blobs: Blobs = {}
    data = codec.encode(_value(given, declared, codec), declared, blobs)
    fetches.update(dict.fromkeys(blobs, _reader(blobs)))
    return data


def _value(given: Given, declared: Type, codec: Codec) -> Any:
    from dagwright.values import ValueMismatch

    value = read(given, codec, "a part of what the workflow builds")
    try:
        return codec.normalise(value, declared)
    except ValueMismatch as mismatch:
        raise misplaced(mismatch) from None


def _blobs_in(data: Any) -> Iterator[str]:
    """Digests of the blobs that wire data refers to."""
    pending = [data]
    while pending:
        item = pending.pop()
        if type(item) is list:
            pending.extend(item)
        elif type(item) is dict:
            digest = item.get("$blob")
            if type(digest) is str:
                yield digest
            pending.extend(item.values())


def _reader(blobs: Blobs) -> Fetch:
    """What gives the bytes of blobs that were just written."""

    def read(digest: str) -> bytes:
        content = blobs[digest]
        if isinstance(content, bytes):
            return content
        with open(content.path, "rb") as file:
            return file.read()

    return read


def _fetch_of(fetches: dict[str, Fetch]) -> Fetch:
    return lambda digest: fetches[digest](digest)
