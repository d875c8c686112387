"""Templates of gates: places where Argo itself waits, without a pod.

Argo takes a wait that is over for a success. So a gate that a person must answer declares an output that somebody has to supply: Argo fails a
node whose time is over without it, and lets one pass that a person resumes. Nothing refers to that output: a reference to one that was not
supplied holds a run up forever, and values never travel through Argo.
"""

from __future__ import annotations

from math import ceil
from typing import TYPE_CHECKING

import msgspec

from dagwright_argo import model
from dagwright_argo.pods import UNIT
from dagwright_compiler.ir.program import Waiting

if TYPE_CHECKING:
    from dagwright_compiler.ir.program import GateNode

SUPPLIED = {"approve": "approved", "input": "given-with-dagwright-approve"}
"""The output that somebody has to supply, by kind of gate: Argo names it where time is over, and its UI asks for it."""
WAITS = "waits"
"""An input that every gate has, so that those among a run's nodes can be selected that a retry has to begin anew: Argo's own leaves them failed."""
AGAIN = f"inputs.parameters.{WAITS}.value=yes,phase!=Succeeded"
"""Selects the gates of a run that has ended that let nothing through."""
_YES = "yes"
_NAMES = {"approve": "approve", "input": "wait-for-input", "sleep": "sleep"}


class GateKind(msgspec.Struct, frozen=True):
    """What makes two gates need different templates."""

    gate: Waiting
    seconds: int


def gate_kind(node: GateNode) -> GateKind:
    """Tell the kind of a gate; Argo waits for whole seconds."""
    return GateKind(node.gate, ceil(node.wait_s))


def gate_name(kind: GateKind) -> str:
    """Name the template of gates of a kind after what the user writes."""
    return _NAMES[kind.gate]


def gate_template(name: str, kind: GateKind) -> model.Template:
    """Describe where gates of one kind wait."""
    supplied = SUPPLIED.get(kind.gate)
    outputs = (model.Parameter(name=supplied, value_from=model.ValueFrom(supplied={})),) if supplied else ()
    # Argo's UI offers what an input of the output's name may be. There is no "no": whoever resumes a node lets it pass, whatever is chosen.
    mark = model.Parameter(name=WAITS, value=_YES)
    choice = (model.Parameter(name=supplied, value=_YES, enum=(_YES,)),) if supplied and kind.gate == "approve" else ()
    return model.Template(
        name=name,
        inputs=model.Parameters(parameters=(model.Parameter(name=UNIT), mark, *choice)),
        outputs=model.Parameters(parameters=outputs) if outputs else None,
        suspend=model.Suspend(duration=f"{kind.seconds}s"),
    )
