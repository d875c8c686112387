"""Reuse of a task's results, declared in one object."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from typing import Any, overload


class CacheFunctionBody:
    """A policy that makes the version of a cached task from the text of its function: a change of the code is a new version.

    Attributes:
        salt: Another one makes another version of the same function.
    """

    __slots__ = ("salt",)

    def __init__(self, salt: str = "") -> None:
        self.salt = salt

    def __repr__(self) -> str:
        return f"CacheFunctionBody(salt={self.salt!r})"


class Cache:
    """Reuse results under a version: equal inputs and an equal interface give the stored result.

    Attributes:
        version: Change it when the task's meaning changes. Without one, ``policies`` make it.
        serialize: Of equal calls at the same time, let one compute and the others wait.
        ignored_inputs: Names of inputs that do not count.
        salt: Another one makes another version where ``policies`` make it.
        policies: ``CacheFunctionBody()``.
    """

    __slots__ = ("ignored_inputs", "policies", "salt", "serialize", "version")

    if TYPE_CHECKING:

        @overload
        def __init__(
            self,
            version: str,
            serialize: bool = ...,  # noqa: FBT001
            ignored_inputs: str | Iterable[str] = ...,
            salt: str = ...,
            policies: CacheFunctionBody | Sequence[CacheFunctionBody] | None = ...,
        ) -> None: ...

        @overload
        def __init__(
            self,
            version: None = ...,
            serialize: bool = ...,  # noqa: FBT001
            ignored_inputs: str | Iterable[str] = ...,
            salt: str = ...,
            *,
            policies: CacheFunctionBody | Sequence[CacheFunctionBody],
        ) -> None: ...

    def __init__(
        self,
        version: str | None = None,
        serialize: bool = False,  # noqa: FBT001, FBT002 - the order of flytekit
        ignored_inputs: str | Iterable[str] = (),
        salt: str = "",
        policies: CacheFunctionBody | Sequence[CacheFunctionBody] | None = None,
    ) -> None:
        given: Any = version  # callers without a type checker write Cache(version=1)
        if not (given is None and policies) and (not isinstance(given, str) or not given):
            raise TypeError('Cache needs a version, as in Cache(version="1"), or policies=[CacheFunctionBody()]')
        self.version = version
        self.serialize = serialize
        self.ignored_inputs = (ignored_inputs,) if isinstance(ignored_inputs, str) else tuple(ignored_inputs)
        self.salt = salt
        self.policies = (policies,) if isinstance(policies, CacheFunctionBody) else tuple(policies or ())

    def __repr__(self) -> str:
        return (
            f"Cache(version={self.version!r}, serialize={self.serialize!r}, ignored_inputs={self.ignored_inputs!r}, "
            f"salt={self.salt!r}, policies={self.policies!r})"
        )
