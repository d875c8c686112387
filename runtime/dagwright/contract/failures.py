"""What is told of a failed run to what handles it: the class that users know, by the name that types spell."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from dagwright.contract.types import Type

MODULE = "dagwright.authoring.failure"
CLASS = "RunFailure"
FAILURE = f"{MODULE}.{CLASS}"
"""The class in types; flytekit calls it ``FlyteError``."""
ERR = "err"
"""Name of the input that takes it."""
CALL_ERR = ".err"
"""Name of the input that takes it, of what handles a failure of one call: no input of a user has a dot in its name."""


def result_name(node: str, output: str) -> str:
    """Name of the input that takes an output of the failed run; no id of a node has a dot."""
    return f"{node}.{output}"


def result_of(name: str) -> tuple[str, str] | None:
    """Node and output of the failed run that an input takes; ``None`` for every other input."""
    node, dot, output = name.partition(".")
    return (node, output) if node and dot else None


def is_failure(declared: Type) -> bool:
    """Whether an input of this type is told of the failure: one with the name ``ERR`` may be the failed workflow's own."""
    return declared.kind == "class" and declared.name == FAILURE
