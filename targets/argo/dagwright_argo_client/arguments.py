"""Inputs of a run as texts of parameters: no brace in any string, so that Argo expands nothing, and long ones by reference.

Input: checked texts, as a person gave them. Output: what the Workflow's parameters hold, and the blobs that the store must have before.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import msgspec

from dagwright.contract.references import refer, referred
from dagwright_argo.parameters import parameter_text

if TYPE_CHECKING:
    from dagwright.execution.plan_view import ProgramView

MOST_CHARACTERS = 64 << 10
"""Of all inputs together: they reach pods as environment variables, and every Workflow object holds them."""
_SHORTEST_REFERRED = 512
"""Shorter than this, a reference saves nothing worth a look into the store."""


class Arguments(msgspec.Struct, frozen=True):
    """Texts of parameters by name, and texts by digest that go to the store."""

    texts: Mapping[str, str]
    blobs: Mapping[str, bytes]


def arguments_of(program: ProgramView, texts: Mapping[str, str]) -> Arguments:
    """Write inputs as parameters.

    Args:
        program: Says what type each input has.
        texts: JSON, or bare text, by input.

    Raises:
        ValueError: A text holds half a character (a lone surrogate), which no parameter can hold.
    """
    written = {name: _parameter(program, name, text) for name, text in texts.items()}
    blobs: dict[str, bytes] = {}
    left = sum(map(len, written.values()))
    for name in sorted(written, key=lambda name: len(written[name]), reverse=True):
        if left <= MOST_CHARACTERS or len(written[name]) < _SHORTEST_REFERRED:
            break
        # What is referred to passes no engine, so it stays as it was given.
        reference = refer(texts[name], blobs.__setitem__, longest=0)
        left -= len(written[name]) - len(reference)
        written[name] = reference
    return Arguments(written, blobs)


def _parameter(program: ProgramView, name: str, text: str) -> str:
    return text if referred(text) is not None else parameter_text(program.inputs[name].type, text)
