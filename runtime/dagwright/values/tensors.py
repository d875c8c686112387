"""The form of tensors of torch: safetensors, on the CPU, never pickled. torch is imported when the first tensor is read."""

from __future__ import annotations

from dagwright.values.blobs import get_blob, put_blob
from dagwright.values.form import Form
from dagwright.values.libraries import is_instance, library
from dagwright.values.mismatch import ValueMismatch
from dagwright.values.nested_lists import given, shown
from dagwright.values.safetensors import read_header, write_header

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Optional

    from dagwright.values.form import Blobs, Fetch, Json

_DTYPES = {
    "F64": "float64",
    "F32": "float32",
    "F16": "float16",
    "BF16": "bfloat16",
    "I64": "int64",
    "I32": "int32",
    "I16": "int16",
    "I8": "int8",
    "U64": "uint64",
    "U32": "uint32",
    "U16": "uint16",
    "U8": "uint8",
    "BOOL": "bool",
    "F8_E4M3": "float8_e4m3fn",
    "F8_E5M2": "float8_e5m2",
    "F8_E4M3FNUZ": "float8_e4m3fnuz",
    "F8_E5M2FNUZ": "float8_e5m2fnuz",
}
"""Names of torch by those of the format. Complex numbers stand as pairs: the format lacks most of their types."""
_NAMES = {f"torch.{name}": stored for stored, name in _DTYPES.items()}
_COMPLEX = "complex"
_GRADIENT = "requires_grad"
_SET = "true"


class TensorForm(Form):
    """torch.Tensor: its numbers, type, shape and whether it takes part in gradients.

    It arrives on the CPU, in one piece and without the calculation that made it. What is on a GPU is fetched; a parameter of a model
    arrives as a tensor.
    """

    __slots__ = ()

    def normalise(self, value: Any) -> Any:
        self._check(value)
        torch = library("torch", self.spelling)
        plain = self._plain(value).clone(memory_format=torch.contiguous_format)
        return plain.requires_grad_(value.requires_grad)

    def exact(self, value: Any) -> bool:
        return is_instance(value, "torch", "Tensor")

    def encode(self, value: Any, blobs: Blobs) -> Json:
        from ctypes import c_char

        self._check(value)
        plain, marks = self._plain(value), {}
        if value.requires_grad:
            marks[_GRADIENT] = _SET
        if plain.is_complex():
            plain, marks[_COMPLEX] = library("torch", self.spelling).view_as_real(plain), _SET
        count = plain.numel() * plain.element_size()
        header = write_header(_NAMES[str(plain.dtype)], tuple(plain.shape), marks)
        numbers = (c_char * count).from_address(plain.data_ptr()) if count else b""
        return put_blob(b"".join((header, numbers)), "safetensors", blobs)

    def decode(self, data: Json, fetch: Fetch) -> Any:
        content = get_blob(data, "safetensors", fetch, self.spelling)
        torch = library("torch", self.spelling)
        try:
            stored = read_header(content)
            dtype = getattr(torch, _DTYPES[stored.dtype])
            if 0 in stored.shape:
                made = torch.empty(stored.shape, dtype=dtype)
            else:
                made = torch.frombuffer(bytearray(content), dtype=dtype, offset=stored.start).reshape(stored.shape)
            if _COMPLEX in stored.marks:
                made = torch.view_as_complex(made)
            return made.requires_grad_(_GRADIENT in stored.marks)
        except AttributeError as error:  # a type of numbers that came with a later version
            raise ValueMismatch(self.spelling, f"one that torch {torch.__version__} cannot hold: {error}") from None
        except (ValueError, RuntimeError) as error:
            text = str(error).partition("\n")[0]  # torch adds a trace of its own
            raise ValueMismatch(self.spelling, f"a blob that is no .safetensors file: {text}") from None

    def from_user(self, data: Json) -> Any:
        """A tensor from a number, or from nested lists of numbers."""
        if type(data) not in (list, int, float, bool):
            raise self.mismatch(data, help="write a number or nested lists of numbers")
        try:
            return library("torch", self.spelling).tensor(given(data, self.spelling))
        except (ValueError, TypeError, RuntimeError) as error:
            raise ValueMismatch(self.spelling, f"lists that make none: {error}") from None

    def to_user(self, value: Any) -> Json:
        return shown(value.tolist, value.dtype, value.shape, self.spelling)

    def _check(self, value: Any) -> None:
        """Refuse what is no tensor, and what safetensors cannot hold."""
        if not self.exact(value):
            kind = type(value)
            help_ = "write torch.tensor(...)" if kind in (list, tuple, int, float, bool) or kind.__module__ == "numpy" else ""
            raise self.mismatch(value, help=help_)
        lacking = lacks(value)
        if lacking is not None:
            raise ValueMismatch(self.spelling, lacking[0], help=lacking[1])

    def _plain(self, value: Any) -> Any:
        """The numbers themselves: an ordinary tensor on the CPU, in one piece."""
        plain = value.detach().as_subclass(library("torch", self.spelling).Tensor).cpu()
        return plain.resolve_conj().resolve_neg().contiguous()


def is_plain(value: Any) -> bool:
    """Whether safetensors hold all that there is to a tensor: neither attributes of its own nor hooks on its gradient."""
    return lacks(value) is None and not value.__dict__ and not value._backward_hooks  # noqa: SLF001 - torch's own pickling asks, too


def lacks(value: Any) -> Optional[tuple[str, str]]:
    """Say what keeps a tensor from being written, and what to write instead; ``None`` where nothing does."""
    if value.is_nested:
        return "a nested one", "give a list of tensors"
    if value.is_quantized:
        return f"a quantized one of dtype {value.dtype}", "write ….dequantize()"
    if str(value.layout) != "torch.strided":
        return f"one of layout {value.layout}", "write ….to_dense()"
    if value.is_meta:
        return "one on the meta device, which holds no numbers", ""
    if not value.is_complex() and str(value.dtype) not in _NAMES:
        return f"one of dtype {value.dtype}", "convert it with ….to(...)"
    if value.device.type == "cpu" and value.numel() and not value.data_ptr():
        return f"a {type(value).__qualname__}, which holds no numbers of its own", "make an ordinary tensor of it"
    return None
