"""The form of tables: frames as Parquet files, whatever library made them and whichever the reader asks for."""

from __future__ import annotations

import os

from dagwright.contract.files import is_url
from dagwright.values.blobs import fetch_from, get_blob, put_blob
from dagwright.values.form import Form, no_blobs
from dagwright.values.frame_libraries import (
    FRAMES,
    MissingLibrary,
    UnwritableFrame,
    frame_of,
    make_frame,
    preferred,
    read_file,
    read_parquet,
    shape_of,
    suffix_of,
    write_parquet,
)
from dagwright.values.libraries import LibraryAbsent
from dagwright.values.mismatch import ValueMismatch, described
from dagwright.values.structured_datasets import StructuredDataset

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable

    from dagwright.contract.types import Type
    from dagwright.values.form import Blobs, Fetch, Json


class TableForm(Form):
    """``table[pandas.DataFrame]`` and its like, and ``table``, whose values are ``StructuredDataset``.

    A frame arrives as reading its Parquet file gives it, in a Python call as in a pod. What Parquet cannot hold (columns of
    mixed types or of Python objects), and frames of pandas where pyarrow is absent, are pickled as the settings allow.

    Args:
        declared: The type; its name is the class of frames, or empty.
        spelling: The type as Python spells it.
        pickled: Gives the form that pickles values of a class, by its name and the reason for it.
        files: The form of the files that a person gives for a table.
    """

    __slots__ = ("_files", "_make_pickled", "_pickled")

    def __init__(self, declared: Type, spelling: str, pickled: Callable[[str, str], Form], files: Callable[[], Form]) -> None:
        super().__init__(declared, spelling)
        self._make_pickled = pickled
        self._files = files
        self._pickled: dict[str, Form] = {}

    def normalise(self, value: Any) -> Any:
        blobs: Blobs = {}
        return self.decode(self.encode(value, blobs), fetch_from(blobs))

    def exact(self, value: Any) -> bool:
        return isinstance(value, StructuredDataset) if not self.declared.name else frame_of(value) == self.declared.name

    def encode(self, value: Any, blobs: Blobs) -> Json:
        frame = value
        if isinstance(value, StructuredDataset):
            content = value.parquet()
            if content is not None:
                return put_blob(content, "parquet", blobs)
            frame = value.dataframe
            if frame is None and value.uri is not None:
                return {"uri": value.uri}
        name = frame_of(frame)
        if not name:
            raise self.mismatch(frame, help="a frame of pandas, polars or pyarrow travels as a table")
        try:
            return put_blob(write_parquet(frame), "parquet", blobs)
        except UnwritableFrame as error:
            stored = self._pickled_form(name, f"Parquet cannot hold them ({error})").encode(frame, blobs)
            return {**stored, "of": name}

    def decode(self, data: Json, fetch: Fetch) -> Any:
        if type(data) is dict and type(data.get("uri")) is str:
            return self._referred(data["uri"])
        if type(data) is dict and data.get("enc") == "pickle":
            return self._unpickled(data, fetch)
        content = get_blob(data, "parquet", fetch, self.spelling)
        if not self.declared.name:
            return StructuredDataset.of_parquet(content)
        return self._guarded(lambda name: read_parquet(content, name), "a blob that is no Parquet file")

    def from_user(self, data: Json) -> Any:
        """A table from rows, from columns, or from a file of which the path or URL is given."""
        if type(data) is str:
            if "://" in data and not self.declared.name:
                return StructuredDataset(uri=data)
            return self._given(data)
        if type(data) is dict and data.get("enc") == "file":  # what a client put in the place of a path
            return self._given(os.fspath(self._files().decode(data, no_blobs)))
        if type(data) not in (list, dict):
            raise ValueMismatch(
                self.spelling, described(data), help="give a list of rows, a dict of columns or the path of a file"
            )
        return self._guarded(lambda name: make_frame(data, name), "data that make none", wrap=True)

    def _given(self, path: str) -> Any:
        # A URL is fetched as a file's is, with what the image has for its store: the library would want a client of its own.
        here = self._fetched(path) if is_url(path) else path
        return self._guarded(lambda name: read_file(here, name), "a file that cannot be read", wrap=True)

    def _fetched(self, url: str) -> str:
        try:
            suffix_of(url)
            here: str = os.fspath(self._files().from_user(url))
        except (ValueError, OSError) as error:
            raise ValueMismatch(self.spelling, f"a file that cannot be read: {error}") from None
        return here

    def to_user(self, value: Any) -> Json:
        shape = None if isinstance(value, StructuredDataset) else shape_of(value)
        return f"<{value!r}>" if isinstance(value, StructuredDataset) else f"<{self.spelling}{_spelled(shape)}>"

    def _pickled_form(self, name: str, reason: str) -> Form:
        """One form a class of frames, so that its pickling is warned of once."""
        if name not in self._pickled:
            self._pickled[name] = self._make_pickled(name, reason)
        return self._pickled[name]

    def _referred(self, uri: str) -> Any:
        if not self.declared.name:
            return StructuredDataset(uri=uri)
        return self._guarded(lambda name: read_file(uri, name), f"{uri}, which cannot be read")

    def _unpickled(self, data: Json, fetch: Fetch) -> Any:
        name = self.declared.name
        if data.get("of") not in FRAMES:
            raise self.mismatch(data)
        frame = self._pickled_form(data["of"], "Parquet could not hold them").decode(data, fetch)
        if not name:
            return StructuredDataset(dataframe=frame)
        if frame_of(frame) != name:
            raise self.mismatch(frame, help="Parquet cannot hold what is in it, so it stays what it is")
        return frame

    def _guarded(self, read: Callable[[str], Any], wrong: str, *, wrap: bool = False) -> Any:
        """Read a frame of the declared class; whatever a library finds wrong is a mismatch."""
        try:
            frame = read(self.declared.name or preferred())
        except MissingLibrary as missing:
            raise LibraryAbsent(self.spelling, str(missing)) from None
        except Exception as error:  # libraries have exceptions of their own, and nothing in common
            text = str(error).partition("\n")[0]
            raise ValueMismatch(self.spelling, f"{wrong}: {text}") from error
        return self.normalise(frame) if wrap else frame


def _spelled(shape: tuple[int, int] | None) -> str:
    return "" if shape is None else f": {shape[0]} x {shape[1]}"
