"""What a call in a workflow's body gives, for type checkers: nothing here exists at run time.

A task that returns ``T`` is typed as returning ``T``, so that results flow into parameters and variables of their own type. Where the
result is no value of the user's (a task without outputs) or is a list of our making (a map), the type also has the two
things a workflow can say about a call: ``with_overrides`` and ``>>``.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import timedelta
    from typing import Protocol, TypedDict, TypeVar

    from typing_extensions import Self, Unpack

    from dagwright.authoring.caching import Cache
    from dagwright.authoring.resources import Resources

    Element = TypeVar("Element")
    Other = TypeVar("Other")

    class Overrides(TypedDict, total=False):
        """Keywords of ``with_overrides``."""

        node_name: str
        cache: bool | Cache
        cache_version: str
        cache_serialize: bool
        cache_ignore_input_vars: tuple[str, ...]
        retries: int
        timeout: int | timedelta | None
        interruptible: bool | None
        requests: Resources | None
        limits: Resources | None
        container_image: str | None
        environment: Mapping[str, str] | None

    class Call(Protocol):
        """A call in a workflow's body."""

        def with_overrides(self, **overrides: Unpack[Overrides]) -> Self:
            """Change the policy of this call only."""
            ...

        def __rshift__(self, later: Other, /) -> Other:
            """Let ``later`` start after this."""
            ...

        def __rrshift__(self, earlier: object, /) -> Self:
            """Start after ``earlier``."""
            ...

    class Completion(Call, Protocol):
        """The end of a call that has no result."""

    class Mapped(list[Element]):
        """The list of results of a map."""

        def with_overrides(self, **overrides: Unpack[Overrides]) -> Self:
            """Change the policy of this call only."""
            ...

        def __rshift__(self, later: Other, /) -> Other:
            """Let ``later`` start after this."""
            ...

        def __rrshift__(self, earlier: object, /) -> Self:
            """Start after ``earlier``."""
            ...
