"""The form of numpy arrays: ``.npy``, never pickled. numpy is imported when the first array is met."""

from __future__ import annotations

import io

from dagwright.values.blobs import get_blob, put_blob
from dagwright.values.form import Form
from dagwright.values.libraries import is_instance, library
from dagwright.values.mismatch import ValueMismatch
from dagwright.values.nested_lists import given, shown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from dagwright.values.form import Blobs, Fetch, Json


class NdarrayForm(Form):
    """numpy.ndarray of any shape and any type that holds no Python objects; it arrives in C order."""

    __slots__ = ()

    def normalise(self, value: Any) -> Any:
        if not is_instance(value, "numpy", "ndarray"):
            scalar = is_instance(value, "numpy", "generic")
            raise self.mismatch(value, help="write numpy.array(...)" if scalar or isinstance(value, (list, tuple)) else "")
        import numpy as np

        if isinstance(value, np.ma.MaskedArray):
            raise self.mismatch(value, help="its mask would be lost; write ….filled(...)")
        if value.dtype.hasobject:
            raise ValueMismatch(self.spelling, f"one of dtype {value.dtype}", help="give it a dtype without Python objects")
        if value.dtype.names is None:
            return np.array(value, order="C", copy=True, subok=False)
        made = np.zeros(value.shape, value.dtype)
        _fill(made, value)
        return made

    def exact(self, value: Any) -> bool:
        return is_instance(value, "numpy", "ndarray")

    def encode(self, value: Any, blobs: Blobs) -> Json:
        import numpy as np

        out = io.BytesIO()
        np.save(out, value, allow_pickle=False)
        return put_blob(out.getvalue(), "npy", blobs)

    def decode(self, data: Json, fetch: Fetch) -> Any:
        content = get_blob(data, "npy", fetch, self.spelling)
        np = library("numpy", self.spelling)
        try:
            return np.load(io.BytesIO(content), allow_pickle=False)
        except MemoryError:
            raise
        except Exception as error:  # numpy reads the header as Python: its tokenizer has exceptions of its own
            text = str(error).partition("\n")[0]
            raise ValueMismatch(self.spelling, f"a blob that is no .npy file: {text}") from error

    def from_user(self, data: Json) -> Any:
        """An array from nested lists of numbers."""
        if type(data) is not list:
            raise self.mismatch(data, help="write nested lists of numbers")
        np = library("numpy", self.spelling)
        try:
            return self.normalise(np.array(given(data, self.spelling)))
        except ValueError as error:
            raise ValueMismatch(self.spelling, f"lists that make none: {error}") from None

    def to_user(self, value: Any) -> Json:
        as_text = value.dtype.kind in "mM"  # instants and durations, which ``tolist`` gives as numbers where they are fine
        return shown(value.astype(str).tolist if as_text else value.tolist, value.dtype, value.shape, self.spelling)


def _fill(made: Any, value: Any) -> None:
    """Copy field by field: what lies between aligned fields is of nobody's value, and would be in its digest."""
    for name in value.dtype.names:
        if value.dtype[name].base.names is None:
            made[name] = value[name]
        else:
            _fill(made[name], value[name])
