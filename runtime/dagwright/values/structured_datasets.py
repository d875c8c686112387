"""``StructuredDataset``: a table whose library the reader chooses, as in flytekit."""

from __future__ import annotations

import os

from dagwright.authoring.model_fields import ModelField
from dagwright.values.frame_libraries import (
    UnwritableFrame,
    frame_class_of,
    frame_of,
    preferred,
    read_file,
    read_parquet,
    write_parquet,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Iterator


class StructuredDataset(ModelField):
    """A frame on its way between tasks, or the address of a table elsewhere.

    Args:
        dataframe: A frame of pandas, polars or pyarrow; a path or URL is taken as ``uri``.
        uri: Where a table stands that tasks read by themselves; it travels as this text, not as the bytes behind it.
        metadata: Accepted and ignored, as flytekit's callers write it.
        file_format: Accepted for flytekit's callers; tables travel as Parquet, and files are read by their suffix.
    """

    __slots__ = ("_content", "_dataframe", "_wanted", "file_format", "metadata", "uri")

    def __init__(
        self,
        dataframe: Any = None,
        uri: str | None = None,
        metadata: object = None,
        file_format: str = "parquet",
    ) -> None:
        if uri is None and isinstance(dataframe, (str, os.PathLike)):
            dataframe, uri = None, os.fspath(dataframe)
        self._dataframe = dataframe
        self._content: bytes | None = None
        self._wanted = ""
        self.uri = uri
        self.metadata = metadata
        self.file_format = file_format

    @classmethod
    def of_parquet(cls, content: bytes) -> StructuredDataset:
        """A dataset that holds a Parquet file."""
        made = cls()
        made._content = content
        return made

    @property
    def dataframe(self) -> Any:
        """The frame that it was made with; ``None`` where it was read from a store: ``open(...).all()`` gives it."""
        return self._dataframe

    def open(self, dataframe_type: object) -> StructuredDataset:
        """Choose the class of the frame that ``all`` gives.

        Raises:
            TypeError: The class is no frame of pandas, polars or pyarrow.
        """
        name = frame_class_of(dataframe_type) if isinstance(dataframe_type, type) else ""
        if not name:
            raise TypeError(f"a StructuredDataset opens as a frame of pandas, polars or pyarrow, not as {dataframe_type!r}")
        self._wanted = name
        return self

    def all(self) -> Any:
        """The whole table, as a frame of the class that ``open`` named; without it, of the class that it was made with.

        Raises:
            ValueError: There is neither a frame nor an address.
        """
        if self._dataframe is not None and self._wanted in ("", frame_of(self._dataframe)):
            return self._dataframe
        name = self._wanted or preferred()
        if self._content is None and self._dataframe is None:
            if self.uri is None:
                raise ValueError("the StructuredDataset holds no dataframe and no uri")
            return read_file(self.uri, name)
        try:
            return read_parquet(write_parquet(self._dataframe) if self._content is None else self._content, name)
        except UnwritableFrame as error:
            raise TypeError(f"this frame cannot become one of {name}: {error}") from error

    def iter(self) -> Iterator[Any]:
        """The table in one piece, for code that is written for several."""
        yield self.all()

    def parquet(self) -> bytes | None:
        """Its Parquet file, where it holds one already."""
        return self._content

    def __fspath__(self) -> str:
        """The address, else the path of a Parquet file written for it: for what reads paths, and for mashumaro, whose fields are paths."""
        if self.uri is not None:
            return self.uri
        from dagwright.files.located import fresh_folder

        path = os.path.join(fresh_folder(), "table.parquet")
        content = self._content if self._content is not None else write_parquet(self._dataframe)
        with open(path, "wb") as file:
            file.write(content)
        return path

    def _as_text(self) -> str:
        return self.__fspath__()

    def __repr__(self) -> str:
        if self.uri is not None:
            return f"StructuredDataset(uri={self.uri!r})"
        held = frame_of(self._dataframe) or (f"{len(self._content)} bytes of Parquet" if self._content is not None else "nothing")
        return f"StructuredDataset({held})"
