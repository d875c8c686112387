"""Files and directories as values: what compiler and runtime agree on.

A file of the store is ``{"$blob": <sha256>, "size": n, "enc": "file", "name": "data.csv"}``, a directory the same with ``"enc": "directory"``, where
the blob is its manifest. What stands elsewhere travels by reference: ``{"$url": "s3://bucket/data.csv"}``. The name says what a task finds the
bytes under; cache keys leave it out, so that equal bytes are equal values. ``"meta"``, texts by name, is there where the user noted some.

A manifest is canonical JSON: an array of ``{"path", "sha256", "size"}``, with ``"x": true`` for what may be executed, in the order of the
paths; ``{"path"}`` alone is a directory that holds nothing.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

FILE_ALIASES = {
    "CSVFile": "csv",
    "HDF5EncodedFile": "hdf5",
    "HTMLPage": "html",
    "JPEGImageFile": "jpeg",
    "JSONLFile": "jsonl",
    "JoblibSerializedFile": "joblib",
    "ONNXFile": "onnx",
    "PDFFile": "pdf",
    "PNGImageFile": "png",
    "PythonNotebook": "ipynb",
    "PythonPickledFile": "python_pickle",
    "SVGImageFile": "svg",
    "TFRecordFile": "tfrecord",
}
"""Names of ``flytekit.types.file`` for a ``FlyteFile`` of a format."""
DIRECTORY_ALIASES = {"TFRecordsDirectory": "tfrecords_dir", "TensorboardLogs": "tensorboard"}
"""Names of ``flytekit.types.directory`` for a ``FlyteDirectory`` of a format."""
PLAIN_NAME = "file"
"""What a file is called whose own name cannot be one."""
_LONGEST_NAME = 255
_SCHEME = frozenset("abcdefghijklmnopqrstuvwxyz0123456789+.-")
_PLAIN_IN_URL = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.~/+@,=:"
_FORMAT = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.+- ")


def format_of(text: str) -> str:
    """Give the format that a subscript names, as flytekit reads it: ``"csv"``, ``".csv"`` and ``TypeVar("csv")`` are one.

    Raises:
        ValueError: No file is called so.
    """
    found = text.strip().lstrip("~").lstrip(".")
    if not _FORMAT.issuperset(found):
        raise ValueError(f"not the format of a file: {text!r}")
    return found


def is_url(text: str) -> bool:
    """Tell what travels by reference from a path: ``s3://bucket/x`` has a scheme, ``data/x`` has none."""
    scheme, found, rest = text.partition("://")
    return bool(found and scheme and rest) and scheme[0].isalpha() and _SCHEME.issuperset(scheme.lower()) and text.isprintable()


def url_of_path(path: str) -> str:
    """``file://`` URL of an absolute path: of what every image has under it."""
    return "file://" + "".join(
        chr(byte) if byte in _PLAIN_IN_URL else f"%{byte:02X}" for byte in path.encode("utf-8", "surrogateescape")
    )


def url_wire(url: str) -> dict[str, Any]:
    """Wire form of what stands elsewhere."""
    return {"$url": url}


def safe_name(name: str) -> str:
    """A file's own name where it is one part of a path, else a plain one."""
    try:
        long = len(name.encode("utf-8", "surrogateescape")) > _LONGEST_NAME
    except UnicodeEncodeError:
        return PLAIN_NAME
    return PLAIN_NAME if long or name in ("", ".", "..") or "/" in name or "\0" in name else name


def leads_inside(path: str) -> bool:
    """Whether a path of a manifest stays in its directory: parts that lead down only."""
    return all(safe_name(part) == part for part in path.split("/")) if path else False
