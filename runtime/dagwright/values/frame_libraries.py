"""Frames of pandas, polars and pyarrow: which library made one, and Parquet as the form that all three share.

Nothing is imported before a value or a declared type of a library is met. pandas writes and reads Parquet through pyarrow.
"""

from __future__ import annotations

import io
import sys
from importlib import import_module

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

PANDAS = "pandas.DataFrame"
POLARS = "polars.DataFrame"
LAZY = "polars.LazyFrame"
ARROW = "pyarrow.Table"
FRAMES = (PANDAS, POLARS, LAZY, ARROW)
"""Qualified names of the classes, as people import them."""
_FORMATS = ("parquet", "csv", "json")


class UnwritableFrame(Exception):  # noqa: N818 - the frame is as it is; whoever catches this writes it in another way
    """A frame that Parquet cannot hold, or that nothing here can write as Parquet."""


class MissingLibrary(Exception):  # noqa: N818 - what lacks is named by the text
    """A library that reading needs and that the image does not hold."""


def frame_of(value: object) -> str:
    """Name of the class of frames that a value is of; empty for everything else."""
    return frame_class_of(type(value))


def frame_class_of(cls: type) -> str:
    """Name of the class of frames that a class is or inherits from; empty for every other class."""
    for name in FRAMES:
        library, _, attribute = name.partition(".")
        module = sys.modules.get(library)
        known = getattr(module, attribute, None)
        if isinstance(known, type) and issubclass(cls, known):
            return name
    return ""


def write_parquet(frame: Any) -> bytes:
    """Write a frame as Parquet.

    Raises:
        UnwritableFrame: It holds what Parquet has no type for, or pyarrow is needed and absent.
    """
    try:
        return _written(frame, frame_of(frame))
    except ImportError as error:
        raise UnwritableFrame(f"{(error.name or '').partition('.')[0]} is not installed") from error
    except (ValueError, TypeError, NotImplementedError, OverflowError, KeyError, UserWarning) as error:
        raise UnwritableFrame(_first_line(error)) from error
    except Exception as error:  # polars has exceptions of its own, which only an import of it could name
        if type(error).__module__.partition(".")[0] != "polars":
            raise
        raise UnwritableFrame(_first_line(error)) from error


def read_parquet(content: bytes, name: str) -> Any:
    """Read Parquet into a frame of the class of that name.

    Raises:
        MissingLibrary: The class's library, or pyarrow for pandas, is not installed.
        Exception: Whatever the library raises for bytes that are no Parquet.
    """
    return _read(io.BytesIO(content), name, "parquet")


def read_file(path: str, name: str) -> Any:
    """Read a file that a person named, by its suffix.

    Args:
        path: A path, or a URL that the library can read.
        name: Class of the frame to give.

    Raises:
        MissingLibrary: A library is not installed.
        ValueError: The suffix is none of ``.parquet``, ``.csv``, ``.json``.
        Exception: Whatever the library raises for a file that it cannot read.
    """
    return _read(path, name, suffix_of(path))


def suffix_of(path: str) -> str:
    """The format of a file that a person named.

    Raises:
        ValueError: The suffix is none of ``.parquet``, ``.csv``, ``.json``.
    """
    suffix = path.rpartition(".")[2].lower()
    if suffix not in _FORMATS:
        raise ValueError(f"{path!r}, which ends neither in .parquet nor in .csv nor in .json")
    return suffix


def make_frame(data: Any, name: str) -> Any:
    """Make a frame from a list of rows or a dict of columns.

    Raises:
        MissingLibrary: The class's library is not installed.
        Exception: Whatever the library raises for data that make no frame.
    """
    if name == ARROW:
        table = _imported("pyarrow").Table
        return table.from_pylist(data) if type(data) is list else table.from_pydict(data)
    made = getattr(_imported(name.partition(".")[0]), "DataFrame")(data)  # noqa: B009 - the module is typed as Any
    return made.lazy() if name == LAZY else made


def preferred() -> str:
    """The class of frames to make where no type asks for one: of the first library that is installed.

    Raises:
        MissingLibrary: None is.
    """
    from importlib.util import find_spec

    for name in (PANDAS, POLARS, ARROW):
        if find_spec(name.partition(".")[0]) is not None:
            return name
    raise MissingLibrary("pandas")


def shape_of(frame: Any) -> tuple[int, int] | None:
    """Rows and columns, where the frame knows them."""
    return None if frame_of(frame) == LAZY else (int(frame.shape[0]), int(frame.shape[1]))


def _written(frame: Any, name: str) -> bytes:
    out = io.BytesIO()
    if name == LAZY:
        frame = frame.collect()
    if name in (POLARS, LAZY):
        frame.rechunk().write_parquet(out)  # in one piece: where its pieces begin would be in the bytes
        return out.getvalue()
    arrow: Any = import_module("pyarrow")
    parquet: Any = import_module("pyarrow.parquet")
    if name == PANDAS:
        import warnings

        with warnings.catch_warnings():
            warnings.simplefilter("error", UserWarning)  # names of columns that would not come back as they are
            frame = arrow.Table.from_pandas(frame)
    parquet.write_table(frame, out)
    return out.getvalue()


def _first_line(error: BaseException) -> str:
    last = error.args[-1] if error.args else error  # pyarrow keeps the column's name in the last of several texts
    return str(last).partition("\n")[0]


def _read(source: Any, name: str, suffix: str) -> Any:
    if name in (POLARS, LAZY):
        frame = getattr(_imported("polars"), f"read_{suffix}")(source)
        return frame.lazy() if name == LAZY else frame
    if name == PANDAS and suffix != "parquet":
        return getattr(_imported("pandas"), f"read_{suffix}")(source)
    module = _imported(f"pyarrow.{suffix}")
    table = getattr(module, "read_table" if suffix == "parquet" else f"read_{suffix}")(source)
    if name == PANDAS:
        _imported("pandas")
        return table.to_pandas()
    return table


def _imported(module: str) -> Any:
    try:
        return import_module(module)
    except ModuleNotFoundError as error:
        raise MissingLibrary(module.partition(".")[0]) from error
