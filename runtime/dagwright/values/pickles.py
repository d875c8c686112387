"""The form of classes that are known by name only: their values are pickled, where the settings allow that.

Whoever can write the store can run code where a pickle is read; hence the policy, which is asked before reading, too.
"""

from __future__ import annotations

import pickle
import sys

from dagwright.values.blobs import get_blob, put_blob
from dagwright.values.form import Form
from dagwright.values.mismatch import PickleDenied, ValueMismatch, type_name

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable

    from dagwright.contract.types import Type
    from dagwright.values.form import Blobs, Fetch, Json

_PROTOCOL = 5  # the newest that Python 3.9 reads; a value may be written and read by different interpreters


class PicklePolicy:
    """Which classes may be pickled: all with a warning each, none, or those of a list."""

    __slots__ = ("_allowed", "_warn", "_warned")

    def __init__(self, policy: str | tuple[str, ...], warn: Callable[[str], None]) -> None:
        if policy not in ("warn", "deny") and not isinstance(policy, tuple):
            raise ValueError(f"pickle must be 'warn', 'deny' or a tuple of class names, not {policy!r}")
        self._allowed = policy
        self._warn = warn
        self._warned: set[str] = set()

    def check(self, name: str) -> None:
        """Ask before a value of the class is pickled or read.

        Raises:
            PickleDenied: The settings deny it.
        """
        if self._allowed == "warn":
            if name not in self._warned:
                self._warned.add(name)
                self._warn(f"values of {name} are pickled: dagwright knows no other form for them")
        elif self._allowed == "deny" or name not in self._allowed:
            raise PickleDenied(
                "a value that needs no pickle", f"one of {name}", help=f'allow it with pickle = ["{name}"] in [tool.dagwright]'
            )


class OpaqueForm(Form):
    """A class known by its qualified name.

    A pickle of one value may differ from run to run (a set's order, shared strings), so such an input hits the cache only
    where its pickle is reproducible.
    """

    __slots__ = ("_policy",)

    def __init__(self, declared: Type, spelling: str, policy: PicklePolicy) -> None:
        super().__init__(declared, spelling)
        self._policy = policy

    def normalise(self, value: Any) -> Any:
        self._policy.check(self.declared.name)
        if not self._may_be(value):
            raise self.mismatch(value)
        return self._load(self._dump(value))

    def exact(self, value: Any) -> bool:
        return self._may_be(value)

    def encode(self, value: Any, blobs: Blobs) -> Json:
        self._policy.check(self.declared.name)
        return put_blob(self._dump(value), "pickle", blobs)

    def decode(self, data: Json, fetch: Fetch) -> Any:
        self._policy.check(self.declared.name)
        return self._load(get_blob(data, "pickle", fetch, self.spelling))

    def from_user(self, data: Json) -> Any:
        raise self.mismatch(data, help="values of this class cannot be given as JSON")

    def to_user(self, value: Any) -> Json:
        return f"<{type_name(type(value))}>"

    def _may_be(self, value: Any) -> bool:
        """Whether the value may be of the class: by the class itself where it is imported, else by the names of its bases."""
        name = self.declared.name
        cls = _imported(name)
        if isinstance(cls, type):
            return isinstance(value, cls)
        return type(value).__module__ != "builtins" or name in (type_name(base) for base in type(value).__mro__)

    def _dump(self, value: Any) -> bytes:
        try:
            return pickle.dumps(value, protocol=_PROTOCOL)
        except Exception as error:  # a class's own __reduce__ may raise anything
            raise ValueMismatch(self.spelling, f"one that cannot be pickled ({type(error).__name__}: {error})") from error

    def _load(self, content: bytes) -> Any:
        try:
            return pickle.loads(content)  # noqa: S301 - asked for by the policy; see the module's docstring
        except Exception as error:  # a class's own __setstate__ may raise anything
            raise ValueMismatch(self.spelling, f"a pickle that cannot be read ({type(error).__name__}: {error})") from error


def _imported(name: str) -> Any:
    """What a qualified name stands for in the modules that are imported; None where that is unknown."""
    module, _, rest = name.rpartition(".")
    while module:
        if module in sys.modules:
            found: Any = sys.modules[module]
            for part in rest.split("."):
                found = getattr(found, part, None)
            return found
        module, _, last = module.rpartition(".")
        rest = f"{last}.{rest}"
    return None
