"""What is told of a failed run to what handles it: the class that users know, by the name that types spell."""

from __future__ import annotations

MODULE = "dagwright.authoring.failure"
CLASS = "RunFailure"
FAILURE = f"{MODULE}.{CLASS}"
"""The class in types; flytekit calls it ``FlyteError``."""
ERR = "err"
"""Name of the input that takes it."""
