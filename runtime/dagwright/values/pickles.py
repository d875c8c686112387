"""The form of classes that are known by name only: their values are pickled, where the settings allow that.

Whoever can write the store can run code where a pickle is read; hence the policy, which is asked before reading, too.
"""

from __future__ import annotations

import copyreg
import io
import pickle
import sys
from types import FunctionType

from dagwright.contract.types import TENSOR, parse
from dagwright.values.blobs import get_blob, put_blob
from dagwright.values.form import Form
from dagwright.values.mismatch import PickleDenied, ValueMismatch, type_name
from dagwright.values.registered import ENC, unregistered

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Mapping

    from dagwright.contract.types import Type
    from dagwright.values.form import Blobs, Fetch, Json

    Aliases = Mapping[str, str]
    Load = Callable[[str, str], Any]
    Carry = Callable[[Any, Type], tuple[Any, ...]]

_in_python: Any = pickle
"""For the names that type stubs leave out: the pickler in Python, which can be told what to write."""
_PROTOCOL = 5  # the newest that Python 3.9 reads; a value may be written and read by different interpreters


_CARRIED = ("dagwright.files.located", "carried")
"""Module and name of what stands in a pickle for what travels beside it: files, and tensors, whose own pickles differ from run to run."""


class PicklePolicy:
    """Which classes may be pickled: all with a warning each, none, or those of a list."""

    __slots__ = ("_allowed", "_reason", "_warn", "_warned")

    def __init__(
        self,
        policy: str | tuple[str, ...],
        warn: Callable[[str], None],
        reason: str = "dagwright knows no other form for them",
    ) -> None:
        if policy not in ("warn", "deny") and not isinstance(policy, tuple):
            raise ValueError(f"pickle must be 'warn', 'deny' or a tuple of class names, not {policy!r}")
        self._allowed = policy
        self._warn = warn
        self._reason = reason
        self._warned: set[str] = set()

    def check(self, name: str) -> None:
        """Ask before a value of the class is pickled or read.

        Raises:
            PickleDenied: The settings deny it.
        """
        if self._allowed == "warn":
            if name not in self._warned:
                self._warned.add(name)
                self._warn(f"values of {name} are pickled: {self._reason}")
        elif self._allowed == "deny" or name not in self._allowed:
            raise PickleDenied(
                "a value that needs no pickle", f"one of {name}", help=f'allow it with pickle = ["{name}"] in [tool.dagwright]'
            )


class OpaqueForm(Form):
    """A class known by its qualified name.

    A pickle of one value may differ from run to run (a set's order, shared strings), so such an input hits the cache only
    where its pickle is reproducible.
    """

    __slots__ = ("_aliases", "_form_of", "_live", "_load_name", "_policy")

    def __init__(
        self,
        declared: Type,
        spelling: str,
        policy: PicklePolicy,
        *,
        aliases: Aliases,
        load: Load,
        form_of: Callable[[Type], Form],
    ) -> None:
        super().__init__(declared, spelling)
        self._policy = policy
        self._load_name = load
        self._form_of = form_of
        self._aliases = aliases
        self._live = {name: live for live, name in aliases.items()}

    def normalise(self, value: Any) -> Any:
        self._policy.check(self.declared.name)
        if not self._may_be(value):
            raise self.mismatch(value)
        taken: list[Any] = []

        def take(part: Any, declared: Type) -> tuple[int]:
            taken.append(self._form_of(declared).normalise(part))
            return (len(taken) - 1,)

        return self._load(self._dump(value, take), taken.__getitem__)

    def exact(self, value: Any) -> bool:
        return self._may_be(value)

    def encode(self, value: Any, blobs: Blobs) -> Json:
        self._policy.check(self.declared.name)

        def write(part: Any, declared: Type) -> tuple[str, Json]:
            return declared.text, self._form_of(declared).encode(part, blobs)

        return put_blob(self._dump(value, write), "pickle", blobs)

    def decode(self, data: Json, fetch: Fetch) -> Any:
        if type(data) is dict and data.get("enc") == ENC:
            raise unregistered(data, self.spelling)
        self._policy.check(self.declared.name)

        def read(text: str, wire: Json) -> Any:
            return self._form_of(parse(text)).decode(wire, fetch)

        return self._load(get_blob(data, "pickle", fetch, self.spelling), read)

    def from_user(self, data: Json) -> Any:
        raise self.mismatch(data, help="values of this class cannot be given as JSON")

    def to_user(self, value: Any) -> Json:
        return f"<{type_name(type(value))}>"

    def _may_be(self, value: Any) -> bool:
        """Whether the value may be of the class: by the class itself where it is imported, else by the names of its bases."""
        name = self.declared.name
        cls = _imported(name, self._live)
        if isinstance(cls, type):
            return isinstance(value, cls)
        return type(value).__module__ != "builtins" or name in (
            f"{base.__module__}.{base.__qualname__}" for base in type(value).__mro__
        )

    def _dump(self, value: Any, carry: Carry) -> bytes:
        """Pickle a value; ``carry`` gives what stands in the pickle for a part of it whose bytes travel beside it."""
        reducers = {**_file_reducers(carry), **_tensor_reducers(carry)}
        try:
            content = _pickled(pickle.Pickler, value, reducers, protocol=_PROTOCOL)
            if not any(live.encode() in content for live in self._aliases):
                return content
            return _pickled(_AliasPickler, value, reducers, aliases=self._aliases)
        except ValueMismatch:
            raise
        except Exception as error:  # a class's own __reduce__ may raise anything
            raise ValueMismatch(self.spelling, f"one that cannot be pickled ({type(error).__name__}: {error})") from error

    def _load(self, content: bytes, carried: Callable[..., Any]) -> Any:
        unpickler = _Unpickler(io.BytesIO(content), self._live, self._load_name, carried)
        try:
            return unpickler.load()
        except Exception as error:  # a class's own __setstate__ may raise anything
            if error is unpickler.not_loaded:
                raise
            raise ValueMismatch(self.spelling, f"a pickle that cannot be read ({type(error).__name__}: {error})") from error


def _pickled(pickler: Callable[..., Any], value: Any, reducers: dict[type, Any], **options: Any) -> bytes:
    out = io.BytesIO()
    writing = pickler(out, **options)
    if reducers:
        writing.dispatch_table = {**copyreg.dispatch_table, **reducers}
    writing.dump(value)
    return out.getvalue()


def _file_reducers(carry: Carry) -> dict[type, Any]:
    """How a pickler writes files and directories, by their classes; empty where the process knows none."""
    located = sys.modules.get(_CARRIED[0])
    if located is None:
        return {}

    def reduced(file: Any) -> tuple[Any, tuple[Any, ...]]:
        return getattr(located, _CARRIED[1]), carry(file, file.declared())

    found: list[type] = [located.Located]
    for cls in found:
        found += cls.__subclasses__()
    return dict.fromkeys(found, reduced)


def _tensor_reducers(carry: Carry) -> dict[type, Any]:
    """How a pickler writes tensors of torch, by their class; empty where the process knows none."""
    cls = getattr(sys.modules.get("torch"), "Tensor", None)
    if not isinstance(cls, type):
        return {}
    from dagwright.files.located import carried
    from dagwright.values.tensors import is_plain

    def reduced(tensor: Any) -> Any:
        return (carried, carry(tensor, TENSOR)) if is_plain(tensor) else tensor.__reduce_ex__(_PROTOCOL)

    return {cls: reduced}


class _Unpickler(pickle.Unpickler):
    """Finds classes of the project in the modules as this process has them.

    They come through the codec's own loader, as every class of the user does: an attempt makes the user's code importable when
    something of it is first needed.
    """

    def __init__(self, content: io.BytesIO, live: Aliases, load: Load, carried: Callable[..., Any]) -> None:
        super().__init__(content)
        self._live = live
        self._load_name = load
        self._carried = carried
        self.not_loaded: Exception | None = None

    def find_class(self, module_name: str, global_name: str) -> Any:
        """The class or function of that name."""
        if (module_name, global_name) == _CARRIED:
            return self._carried
        try:
            return self._load_name(self._live.get(module_name, module_name), global_name)
        except Exception as error:
            self.not_loaded = error
            raise


class _AliasPickler(_in_python._Pickler):  # type: ignore[misc]  # noqa: SLF001
    """Writes the project's names of modules that go by others here, so that a script's pickle is that of every other process.

    The pickler in C does not let go of the names that it writes. This one runs only where such a name occurs: it is some ten
    times slower.
    """

    def __init__(self, out: io.BytesIO, aliases: Aliases) -> None:
        super().__init__(out, protocol=_PROTOCOL)
        self._aliases = aliases

    def save_global(self, obj: Any, name: str | None = None) -> None:
        """Write the name of a class or function, as the original does for protocol 4 and newer."""
        name = name or str(getattr(obj, "__qualname__", None) or obj.__name__)
        live = _in_python.whichmodule(obj, name)
        if live not in self._aliases:
            super().save_global(obj, name)
            return
        if _attribute(sys.modules.get(live), name) is not obj:
            raise pickle.PicklingError(f"Can't pickle {obj!r}: it's not found as {self._aliases[live]}.{name}")
        self.save(self._aliases[live])
        self.save(name)
        self.write(pickle.STACK_GLOBAL)
        self.memoize(obj)

    dispatch = {**_in_python._Pickler.dispatch, FunctionType: save_global}  # noqa: RUF012, SLF001 - as in the original


def _imported(name: str, live: Aliases) -> Any:
    """What a qualified name stands for in the modules that are imported; None where that is unknown."""
    module, _, rest = name.rpartition(".")
    while module:
        loaded = sys.modules.get(live.get(module, module))
        if loaded is not None:
            return _attribute(loaded, rest)
        module, _, last = module.rpartition(".")
        rest = f"{last}.{rest}"
    return None


def _attribute(found: Any, path: str) -> Any:
    for part in path.split("."):
        found = getattr(found, part, None)
    return found
