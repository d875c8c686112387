"""Gates of a Python call: answered by the test around it (``dagwright.testing.answers``), else on the terminal.

Values are Python values, held to their types; a text that is typed is read as an input of a workflow is.
"""

from __future__ import annotations

import json
import sys
import time
from typing import TYPE_CHECKING, Any

from dagwright.authoring.calls import CallFailed
from dagwright.authoring.errors import NotApproved
from dagwright.execution.faults import UserFailure
from dagwright.execution.input_text import InputMismatch, parse_input
from dagwright.execution.plan_view import FieldView
from dagwright.values import ValueMismatch
from dagwright.values.spelling import spell
from dagwright_local.answers import UnansweredError, ask_approval, ask_value, gates_of, has_terminal, id_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from dagwright.execution.plan_view import NodeView, ProgramView
    from dagwright.values import Codec


class CalledGates:
    """The gates of one call.

    Raises:
        CallFailed: An answer is missing that nobody can be asked for, or is for no gate: nothing has run, and nothing handles that.
    """

    def __init__(self, program: ProgramView, codec: Codec) -> None:
        """Look for answers before anything runs."""
        self._codec = codec
        testing = sys.modules.get("dagwright.testing")
        given: Mapping[str, Any] | None = testing.given_answers() if testing is not None else None
        gates = gates_of(program)
        sleeps = [node for node in map(program.node, program.node_ids) if node.gate == "sleep"]
        try:
            self._given = {id_of(name, [*gates, *sleeps]): value for name, value in (given or {}).items()}
        except LookupError as error:
            raise CallFailed(error) from None
        missing = [gate.id for gate in gates if gate.id not in self._given]
        if missing and not has_terminal():
            example = ", ".join(f"{name!r}: ..." for name in missing)
            text = (
                f"the workflow waits for people at {', '.join(missing)}, and there is no terminal to ask on; "
                f"in a test, call it under `with dagwright.testing.answers({{{example}}}):`"
            )
            raise CallFailed(UnansweredError(text))

    def sleep(self, gate: NodeView) -> None:
        """Wait; in a test that answers this gate, do not."""
        if gate.id not in self._given:
            time.sleep(gate.wait_s)

    def approve(self, gate: NodeView, values: Sequence[Any]) -> None:
        """Ask whether what is bound is approved.

        Raises:
            UserFailure: It is not.
        """
        try:
            approved = self._given[gate.id] if gate.id in self._given else ask_approval(gate.id, self._shown(gate, values))
        except UnansweredError as error:
            raise UserFailure(error) from None
        if not isinstance(approved, bool):
            raise UserFailure(TypeError(f"{gate.id} waits for approval: answer True or False, not {approved!r}"))
        if not approved:
            raise UserFailure(NotApproved(f"{gate.id} was not approved"))

    def value(self, gate: NodeView) -> Any:
        """Give the value that a person gives.

        Raises:
            UserFailure: It is none of its type.
        """
        declared = gate.task.outputs[0].type
        field = FieldView({"name": gate.id, "type": declared.text})
        try:
            if gate.id not in self._given:
                spelled = spell(declared, self._codec.classes)
                return parse_input(self._codec, field, ask_value(gate.id, spelled, lambda text: self._wrong(field, text)))
            return self._codec.normalise(self._given[gate.id], declared)
        except (InputMismatch, UnansweredError) as error:
            raise UserFailure(error) from None
        except ValueMismatch as mismatch:
            raise UserFailure(TypeError(f"the answer at {gate.id}: {mismatch}")) from None

    def _wrong(self, field: FieldView, text: str) -> str:
        try:
            parse_input(self._codec, field, text)
        except InputMismatch as mismatch:
            return str(mismatch)
        return ""

    def _shown(self, gate: NodeView, values: Sequence[Any]) -> str:
        fields = gate.task.outputs
        shown = [self._codec.to_user(value, field.type) for field, value in zip(fields, values, strict=True)]
        return ", ".join(json.dumps(value, ensure_ascii=False, default=str) for value in shown)
