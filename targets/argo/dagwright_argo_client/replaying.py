"""Runs one task of a run of the cluster on this machine, with the inputs that it had there.

The replay is a run of its own in the same store: it begins with copies of the values that the task reads, and never touches the run that they
are of, so that nothing of it gets into a later retry. The code is that of the file as it is now.
"""

from __future__ import annotations

import re
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from dagwright.cache import PinDamaged, fetcher, read_pin, unpack_output
from dagwright.contract.exits import SUCCEEDED
from dagwright.contract.modes import OFF
from dagwright.contract.names import node_prefix, pin_key
from dagwright.contract.types import parse
from dagwright.execution.bindings import Bindings
from dagwright.execution.faults import Fault, UserFailure
from dagwright.execution.given import Wire
from dagwright.execution.plan_view import leaves, read_plan
from dagwright.files.access import StoreAccess
from dagwright.store import open_store
from dagwright.store.together import each
from dagwright.values import Codec
from dagwright_argo_client.results import no_class, showing_codec, shown, unheard
from dagwright_compiler.diagnostics.suggestions import did_you_mean
from dagwright_compiler.driver.bundles import bundle_for
from dagwright_local.forked import ForkedLauncher
from dagwright_local.run import Request, failure_text, setup_of, source_roots, stands_in_files, unpack
from dagwright_local.schedule import Job
from dagwright_local.units import lower

if TYPE_CHECKING:
    from collections.abc import Mapping

    from dagwright.execution.plan_view import ProgramView
    from dagwright.store.verbs import Store
    from dagwright_argo_client.runs import Run
    from dagwright_compiler.driver.programs import Loaded

_NODE = re.compile(r"(?P<node>[^\[\]]+)(?:\[(?P<index>\d+)\])?")
_PINS = re.compile(r"(\d+/)?(out\.json|stripe\.json|part-[^/]+)|failed/[^/]+|given\.json")
"""Below a node's folder: what its consumers read, beside records, logs and errors, which they do not."""


class Unplayable(ValueError):  # noqa: N818  # as ValueMismatch
    """The task cannot be replayed; the message says why (lower case, no full stop)."""


class Played(msgspec.Struct, frozen=True):
    """What a replay came to: the exit code; the task's outputs by name, or the text of its failure."""

    code: int
    outputs: dict[str, Any] | None
    failure: str


def replay(loaded: Loaded, run: Run, url: str, only: str) -> Played:
    """Run one task.

    Args:
        loaded: The program, compiled from the file as it is now.
        run: The run that the inputs are of.
        url: Its store.
        only: The node, with the index of an element where it is a map: ``square[5]``.

    Raises:
        Unplayable: There is no such node or element, or a value that it reads is not there.
        StoreError: The store failed.
    """
    program = loaded.program
    assert program is not None
    texts = {field.name: run.parameters[field.name] for field in program.workflow.inputs if field.name in run.parameters}
    bundle = bundle_for(program, loaded.reading.elaborated, lower(program), map_pods=loaded.reading.settings.map_pods)
    with tempfile.TemporaryDirectory(prefix="dagwright-replay-") as folder:
        scratch = Path(folder)
        unpack(bundle, scratch)
        view = read_plan(str(scratch)).program
        node, element = _chosen(view, only)
        code = source_roots(loaded) if stands_in_files(loaded) else [str(scratch / "code")]
        setup = setup_of(loaded, Request(texts, url, 1, cache=OFF), scratch, code=code)
        setup["alone"] = True
        # The server is started before this process touches the store.
        with ForkedLauncher(setup, scratch) as launcher:
            values = _Values(view, open_store(url), setup["run"], texts)
            values.copy(node, run.key)
            values.check(node, element)
            job = Job(node, element, 0)
            launcher.start(job)
            finished = launcher.wait()
            if finished.code == SUCCEEDED:
                return Played(SUCCEEDED, values.outputs(job), "")
            return Played(finished.code, None, failure_text(job, launcher.errors.get(job), finished.code))


def _chosen(program: ProgramView, only: str) -> tuple[str, int | None]:
    """Read ``NODE`` or ``NODE[INDEX]``, of which maps take the second and all others the first."""
    found = _NODE.fullmatch(only)
    if found is None or found["node"] not in program.node_ids:
        listing = did_you_mean(only, program.node_ids) or f"its nodes are {', '.join(program.node_ids[:20])}"
        raise Unplayable(f"{program.workflow} has no node {only}; {listing}")
    node = program.node(found["node"])
    if node.gate:
        raise Unplayable(f"{node.id} waits, and runs nothing that could be replayed")
    if node.over is None and found["index"] is not None:
        raise Unplayable(f"{node.id} is no map: leave [{found['index']}] out")
    if node.over is not None and found["index"] is None:
        raise Unplayable(f"{node.id} is a map: say which of its elements, as in {node.id}[0]")
    return node.id, None if found["index"] is None else int(found["index"])


class _Values:
    """What the task reads and gives, in the store."""

    def __init__(self, program: ProgramView, store: Store, own_run: str, texts: Mapping[str, str]) -> None:
        self._program = program
        self._store = store
        self._run = own_run
        self._codec = Codec(program.classes, load_class=no_class, pickle="deny", warn=unheard, files=StoreAccess(store))
        self._bindings = Bindings(program, run=own_run, store=store, codec=self._codec, texts=texts)

    def copy(self, node: str, run: str) -> None:
        """Copy the values of the nodes that a node reads into this run: those that a pin holds, so none of a run's other traces."""
        for producer in self._producers(node):
            old, new = f"{node_prefix(run, producer)}/", f"{node_prefix(self._run, producer)}/"
            keys = [key for key in self._store.list(old.rstrip("/")) if _PINS.fullmatch(key.removeprefix(old))]
            if not keys:
                raise Unplayable(f"{node} reads {producer}, which has left no value in {self._store.url}")
            each(self._store, self._copied, [(key, new + key.removeprefix(old)) for key in keys])

    def _copied(self, pair: tuple[str, str]) -> None:
        self._store.put(pair[1], self._store.get(pair[0]))

    def _producers(self, node: str) -> list[str]:
        """Nodes whose values a node reads; through maps, whose length is that of what they run over."""
        found: dict[str, None] = {}
        pending = [node]
        while pending:
            for binding in self._program.node(pending.pop()).bindings.values():
                for leaf in leaves(binding):
                    if leaf["kind"] == "output" and leaf["node"] not in found:
                        found[leaf["node"]] = None
                        if self._program.node(leaf["node"]).over is not None:
                            pending.append(leaf["node"])
        return list(found)

    def check(self, node: str, element: int | None) -> None:
        """Hold an element to the length of its map.

        Raises:
            Unplayable: There is no such element, or nobody knows.
        """
        if element is None:
            return
        try:
            count = self._bindings.length(self._program.node(node))
        except (Fault, UserFailure, PinDamaged) as error:
            raise Unplayable(f"the list that {node} runs over cannot be read: {error}") from error
        if element >= count:
            raise Unplayable(f"{node} has {count} elements, from 0 to {count - 1}; there is no [{element}]")

    def outputs(self, job: Job) -> dict[str, Any]:
        """The outputs of a replay that succeeded, by name."""
        result = read_pin(self._store, pin_key(self._run, job.node, job.pod))
        assert result is not None, "an attempt that succeeded has pinned its result"
        fetch = fetcher(self._store, result)
        given = {output.name: Wire(parse(output.type), unpack_output(output, fetch), fetch) for output in result.outputs}
        codec = showing_codec(self._program, self._store)
        return {name: shown(codec, wire, wire.type.text) for name, wire in given.items()}
