"""``--approve NAME``, ``--approve NAME=VALUE`` and ``--deny NAME``: answers at the gates of a run on this machine, given beforehand.

Output: answers by node, of which every value fits its type; and one message where somebody would have to be asked who is not there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import click

from dagwright_compiler.cli.inputs import checked
from dagwright_compiler.diagnostics.suggestions import did_you_mean
from dagwright_compiler.frontend.node_names import mangle
from dagwright_compiler.ir.codec import to_data

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from dagwright.execution.plan_view import NodeView
    from dagwright.values.form import Blobs
    from dagwright_compiler.ir.program import Program

    Decorator = Callable[[Callable[..., int]], Callable[..., int]]


class Given(NamedTuple):
    """Whether gates are approved, and the texts of values, by node; and the files of this machine that values name."""

    approved: Mapping[str, bool]
    texts: Mapping[str, str]
    blobs: Blobs


def gate_options(function: Callable[..., int]) -> Callable[..., int]:
    """Add ``--approve`` and ``--deny``."""
    approve = click.option(
        "--approve",
        "approvals",
        multiple=True,
        metavar="NAME[=VALUE]",
        help="Approve at `approve(..., NAME)`, or give `wait_for_input(NAME, ...)` its value; on a terminal you are asked.",
    )
    deny = click.option("--deny", "denials", multiple=True, metavar="NAME", help="Do not approve at `approve(..., NAME)`.")
    return approve(deny(function))


def read_answers(program: Program, approvals: Sequence[str], denials: Sequence[str], *, can_ask: bool) -> Given:
    """Read the answers for a program.

    Raises:
        click.UsageError: One is for no gate, of the wrong kind or no value of its type, or one is missing and nobody can be asked.
    """
    from dagwright.execution.plan_view import ProgramView
    from dagwright_compiler.cli.given_files import asked_at

    # The schema's shapes, as a test holds ``to_data`` to them.
    view = ProgramView(to_data(program))  # type: ignore[arg-type]
    gates = {node.id: node for node in map(view.node, view.node_ids) if node.gate in ("approve", "input")}
    approved = {_gate(name, "--deny", gates, "approve").id: False for name in denials}
    texts: dict[str, str] = {}
    for text in approvals:
        name, assigned, value = text.partition("=")
        gate = _gate(name, "--approve", gates, "input" if assigned else "approve")
        if gate.id in approved or gate.id in texts:
            raise click.UsageError(f"{gate.id} is answered twice")
        if assigned:
            texts[gate.id] = value
        else:
            approved[gate.id] = True
    missing = [node for node in gates.values() if node.id not in approved and node.id not in texts]
    if missing and not can_ask:
        options = " ".join(f"--approve {node.id}{'=VALUE' if node.gate == 'input' else ''}" for node in missing)
        raise click.UsageError(f"the workflow waits for people, and there is no terminal to ask on; answer beforehand: {options}")
    found = checked(asked_at(view, texts), texts)
    return Given(approved, found.texts, found.blobs)


def _gate(name: str, option: str, gates: Mapping[str, NodeView], kind: str) -> NodeView:
    gate = gates.get(name) or gates.get(mangle(name))
    if gate is None:
        known = did_you_mean(name, gates) or (f"it waits at {', '.join(gates)}" if gates else "it waits for nobody")
        raise click.UsageError(f"{option} {name}: the workflow does not wait for an answer there; {known}")
    if gate.gate != kind:
        wrong = {"approve": f"{gate.id} takes a value: {'--approve ' + gate.id + '=VALUE'}", "input": f"{gate.id} takes no value"}
        raise click.UsageError(f"{option} {name}: {wrong[kind]}")
    return gate
