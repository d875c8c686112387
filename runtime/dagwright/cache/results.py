"""The document of a result: what a cache entry and a run's pin hold.

One line of JSON that starts with a checksum of the rest, so that a torn or edited document is known as such::

    {"sum":"<sha256 of everything after this member>","v":1,"outputs":[...],"inputs":"...","made":{...}}

An output carries its data inline up to 64 KiB, else as a blob of its own; of a wide list it tells where which elements stand there
(``slices``). Pairs of dicts keep their order.
"""

from __future__ import annotations

from dagwright.cache.slices import pack_list, read_slices
from dagwright.contract.jsontext import dumps, loads
from dagwright.contract.keys import is_digest, is_size, sha256_hex

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Mapping, Optional

    from dagwright.cache.slices import Slices
    from dagwright.values.form import Blobs

    Json = Any

INLINE_LIMIT = 64 * 1024
"""Bytes of JSON up to which an output's data stands in the document itself."""
_VERSION = 1
_DIGITS = 64
_BODY = len('{"sum":"') + _DIGITS + len('",')
"""Where the rest starts that the checksum is taken over."""


class DamagedResult(Exception):  # noqa: N818 - what is damaged is the document
    """The bytes are no whole document of a result."""


class Output:
    """One output in the wire form: ``data`` itself, or ``blob``, the digest of its JSON.

    ``sizes`` has the size of every blob that the output needs by digest (its own and those that the data refers to), ``count``
    the length of a list, ``slices`` where the elements of a wide one stand in its blob, ``stand_in`` what takes the value's place in
    the keys of consumers, where the user's code says it.
    """

    __slots__ = ("blob", "count", "data", "name", "sizes", "slices", "stand_in", "type")

    def __init__(
        self,
        name: str,
        type: str,  # noqa: A002 - the word of the plan
        data: Json = None,
        *,
        blob: str | None = None,
        sizes: Mapping[str, int] | None = None,
        count: int | None = None,
        slices: Optional[Slices] = None,
        stand_in: Json = None,
    ) -> None:
        self.name = name
        self.type = type
        self.data = data
        self.blob = blob
        self.sizes = dict(sizes or {})
        self.count = count
        self.slices = slices
        self.stand_in = stand_in


class Result:
    """The outputs of one execution, in the order of the interface.

    ``inputs`` is the digest of the inputs that a pin was made from; ``made`` tells where the result comes from (task, cache
    version, ...) and never counts; ``verified`` keeps small blobs that were read to verify an entry, for the reader to come.
    """

    __slots__ = ("inputs", "made", "outputs", "verified")

    def __init__(self, outputs: tuple[Output, ...], *, inputs: str = "", made: Mapping[str, Json] | None = None) -> None:
        self.outputs = outputs
        self.inputs = inputs
        self.made = dict(made or {})
        self.verified: dict[str, bytes] = {}

    def output(self, name: str) -> Output:
        """The output of that name.

        Raises:
            KeyError: There is none.
        """
        for output in self.outputs:
            if output.name == name:
                return output
        raise KeyError(name)

    def sizes(self) -> dict[str, int]:
        """Size of every blob that the result needs, by digest."""
        return {digest: size for output in self.outputs for digest, size in output.sizes.items()}


def pack_output(
    name: str,
    type: str,  # noqa: A002
    data: Json,
    blobs: Blobs,
    into: Blobs,
    *,
    inline_limit: int = INLINE_LIMIT,
    stand_in: Json = None,
) -> Output:
    """Make an output from wire data.

    Args:
        name: Name of the output.
        type: Text of its declared type.
        data: What the codec encoded.
        blobs: The blobs that the codec gave for this output.
        into: Takes all blobs that must be published, these and the data's own where it is too long to stand inline.
        inline_limit: Bytes of JSON up to which the data stands in the document: fewer where many results share one.
        stand_in: What takes the value's place in keys, where there is such a thing.
    """
    sizes = {digest: len(content) for digest, content in blobs.items()}
    into.update(blobs)
    is_list = isinstance(data, list) and type.startswith("list[")
    count = len(data) if is_list else None
    text, slices = pack_list(data) if is_list else (_dumps(data), None)
    if len(text) <= inline_limit:
        return Output(name, type, data, sizes=sizes, count=count, stand_in=stand_in)
    digest = sha256_hex(text)
    into[digest] = text
    return Output(name, type, blob=digest, sizes={**sizes, digest: len(text)}, count=count, slices=slices, stand_in=stand_in)


def unpack_output(output: Output, fetch: Callable[[str], bytes]) -> Json:
    """Wire data of an output, fetched where it does not stand inline."""
    return output.data if output.blob is None else loads(fetch(output.blob))


def encode_result(result: Result) -> bytes:
    """Write the document."""
    return seal(body_of(result))


def decode_result(document: bytes) -> Result:
    """Read the document.

    The checksum tells accidents only: whoever may write to the store can make one. So every part is held to its type, and a
    blob's digest to its form, before any of them becomes a key or a number.

    Raises:
        DamagedResult: It is not whole, not of this version, was changed, or is of another shape.
    """
    return result_of(unseal(document))


def body_of(result: Result) -> dict[str, Json]:
    """Give a result as JSON data."""
    body: dict[str, Json] = {"outputs": [_encode_output(output) for output in result.outputs]}
    if result.inputs:
        body["inputs"] = result.inputs
    if result.made:
        body["made"] = result.made
    return body


def result_of(body: Json) -> Result:
    """Read a result from JSON data.

    Raises:
        DamagedResult: It is of another shape.
    """
    if not isinstance(body, dict):
        raise DamagedResult("a result is no object")
    outputs, inputs, made = body.get("outputs"), body.get("inputs", ""), body.get("made", {})
    if not isinstance(outputs, list) or not isinstance(inputs, str) or not isinstance(made, dict):
        raise DamagedResult("it is of another shape")
    return Result(tuple(_read_output(output) for output in outputs), inputs=inputs, made=made)


def seal(body: dict[str, Json]) -> bytes:
    """Write a document: its checksum, its version, and the rest."""
    tail = _dumps({"v": _VERSION, **body})[1:]
    return _head_of(tail) + tail


def unseal(document: bytes) -> dict[str, Json]:
    """Read a document.

    Raises:
        DamagedResult: It is not whole, not of this version, or was changed.
    """
    tail = document[_BODY:]
    if document[:_BODY] != _head_of(tail):
        raise DamagedResult("the checksum does not fit")
    try:
        body = loads(b"{" + tail)
    except ValueError as error:
        raise DamagedResult(f"it is no JSON: {error}") from None
    if not isinstance(body, dict) or body.get("v") != _VERSION:
        raise DamagedResult(f"version {body.get('v')!r} is not {_VERSION}" if isinstance(body, dict) else "it is no object")
    return body


def _head_of(tail: bytes) -> bytes:
    return f'{{"sum":"{sha256_hex(tail)}",'.encode("ascii")


def _read_output(data: Json) -> Output:
    if not isinstance(data, dict):
        raise DamagedResult("an output is no object")
    name, declared, blob, count = data.get("name"), data.get("type"), data.get("blob"), data.get("len")
    sizes = data.get("sizes", {})
    if not isinstance(name, str) or not isinstance(declared, str) or not (count is None or is_size(count)):
        raise DamagedResult("an output is of another shape")
    if not isinstance(sizes, dict) or not all(is_digest(digest) and is_size(size) for digest, size in sizes.items()):
        raise DamagedResult(f"output {name!r} lists no sizes by digest")
    if (blob is None) != ("data" in data) or not (blob is None or (isinstance(blob, str) and blob in sizes)):
        raise DamagedResult(f"output {name!r} has no value")
    stand_in = data.get("key")
    if declared.startswith("list["):
        _check_list(data, count, sizes, stand_in)
    slices = _slices_of(data, sizes)
    return Output(name, declared, data.get("data"), blob=blob, sizes=sizes, count=count, slices=slices, stand_in=stand_in)


def _check_list(data: Json, count: Optional[int], sizes: dict[str, int], stand_in: Json) -> None:
    """Hold the length that a list's document tells against the list: pods and memory are counted by it."""
    value, blob = data.get("data"), data.get("blob")
    fits = (isinstance(value, list) and len(value) == count) if blob is None else (count is not None and count <= sizes[blob])
    if not fits or (isinstance(stand_in, list) and len(stand_in) != count):
        raise DamagedResult(f"output {data['name']!r} is a list of another length than it says")


def _slices_of(data: Json, sizes: dict[str, int]) -> Optional[Slices]:
    if "slices" not in data:
        return None
    if data.get("blob") is None:
        raise DamagedResult("an output has slices of no blob")
    try:
        return read_slices(data["slices"], data.get("len"), sizes[data["blob"]])
    except ValueError as error:
        raise DamagedResult(f"the slices of an output are {error}") from None


def _encode_output(output: Output) -> dict[str, Json]:
    out: dict[str, Json] = {"name": output.name, "type": output.type}
    if output.blob is None:
        out["data"] = output.data
    else:
        out["blob"] = output.blob
    if output.sizes:
        out["sizes"] = output.sizes
    if output.count is not None:
        out["len"] = output.count
    if output.slices is not None:
        out["slices"] = output.slices.encode()
    if output.stand_in is not None:
        out["key"] = output.stand_in
    return out


def _dumps(data: Json) -> bytes:
    return dumps(data).encode("ascii")
