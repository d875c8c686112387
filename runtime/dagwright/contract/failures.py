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


def is_failure(declared: Type) -> bool:
    """Whether an input of this type is told of the failure: one with the name ``ERR`` may be the failed workflow's own."""
    return declared.kind == "class" and declared.name == FAILURE
