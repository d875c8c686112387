"""Executes a program in this process: what a Python call of a workflow or task does.

The same core as in a pod, with values in memory where a pod has pins. Uncached tasks write nothing; cached ones write their entry.
Retries loop here; a task with a timeout runs in a process of its own. Every consumer gets a fresh value.
"""

from __future__ import annotations

import os
import sys
from itertools import count
from typing import TYPE_CHECKING, Any

from dagwright.authoring.coroutines import finished
from dagwright.authoring.working_folders import process_folder
from dagwright.cache import PinDamaged, fetcher, unpack_output
from dagwright.contract.modes import OFF
from dagwright.contract.types import UNKNOWN, list_of, parse
from dagwright.execution import context
from dagwright.execution.bindings import check_lengths, element_of, no_list, part_of_value, type_of_output
from dagwright.execution.built_values import constructed, misplaced, named, places_of, places_of_fields, stand_ins
from dagwright.execution.failures import is_recoverable
from dagwright.execution.faults import Fault, UserFailure
from dagwright.execution.given import Value, Wire, cross
from dagwright.execution.granted import chosen_variables
from dagwright.execution.lost_elements import Loss, describe, short_error, short_inputs, too_many
from dagwright.execution.task_call import Reuse, TaskCall, perform
from dagwright.execution.user_code import function_of
from dagwright.store import StoreError
from dagwright.values import ValueMismatch
from dagwright_local.called_gates import CalledGates
from dagwright_local.failures import first_of
from dagwright_local.kept_files import fetch_all
from dagwright_local.order import in_order, needs
from dagwright_local.timed_call import TaskDiedError, TaskTimeoutError, call_timed

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from dagwright.contract.schema import Binding, DictBinding, ListBinding, LiteralBinding, StructBinding
    from dagwright.contract.types import Type
    from dagwright.execution.given import Given
    from dagwright.execution.plan_view import NodeView, ProgramView, TaskView
    from dagwright.execution.task_call import Performed
    from dagwright.store.verbs import Store
    from dagwright.values import Codec
    from dagwright_local.handlers import Left
    from dagwright_local.live_modules import LiveModules

    Outputs = dict[str, Any]


_serials = count(1)
"""Tells apart what the nodes of all calls of this process leave in its folder."""


class InProcess:
    """Runs one program any number of times.

    Args:
        program: What to run.
        codec: Of the program's classes.
        modules: Where functions and classes come from.
        store: Opens the store of cached results; asked when a cached task is met.
    """

    def __init__(self, program: ProgramView, codec: Codec, modules: LiveModules, store: Callable[[], Store]) -> None:
        self.program = program
        self.codec = codec
        self.modules = modules
        self.store = store
        self._needs = needs(program)
        self._order = in_order(self._needs)
        self._has_gates = any(program.node(node_id).gate for node_id in self._order)
        self._literals: dict[int, Wire] = {}

    def run(self, inputs: Mapping[str, Any], *, cache: str, left: Left | None = None) -> Outputs:
        """Execute the program; ``inputs`` are normalised values by name, ``cache`` is the mode (``contract.modes``).

        ``left`` takes what a failed execution leaves.

        Returns:
            The workflow's outputs by name.

        Raises:
            UserFailure: A task failed for good; it carries the user's own exception, and the node. Where others run on after that, it is the
                first in the order of the source, and names the others.
        """
        run = _Run(self, inputs, cache=cache)
        if left is not None:
            left.value = run.result
        gates = CalledGates(self.program, self.codec) if self._has_gates else None
        failures: dict[str, UserFailure] = {}
        missing: set[str] = set()
        for node_id in self._order:
            if missing and not missing.isdisjoint(self._needs[node_id]):
                missing.add(node_id)
                continue
            node = self.program.node(node_id)
            try:
                if node.gate:
                    run.wait(node, gates)
                else:
                    run.execute(node)
            except UserFailure as failure:
                failure.node = node_id
                if left is not None:
                    left.failures[node_id] = failure
                if self.program.stops:
                    raise
                failures[node_id] = failure
                missing.add(node_id)
            except (Fault, StoreError, PinDamaged) as failure:
                if left is not None:
                    left.failures[node_id] = failure
                raise
        if failures:
            raise first_of(failures, self.program.node_ids)
        return {output["name"]: run.whole(output["binding"], output["type"]) for output in self.program.outputs}

    def literal(self, binding: LiteralBinding) -> Wire:
        """Give a literal of the plan, its type parsed once."""
        found = self._literals.get(id(binding))
        if found is None:
            found = self._literals[id(binding)] = Wire(parse(binding["type"]), binding["value"])
        return found


class _Run:
    """One execution: the values so far."""

    def __init__(self, owner: InProcess, inputs: Mapping[str, Any], *, cache: str) -> None:
        self._owner = owner
        self._inputs = inputs
        self._cache = cache
        self._done: dict[str, Outputs | list[Outputs | None]] = {}
        self._stand_ins: dict[tuple[str, int | None], dict[str, Any]] = {}
        """What takes the places of outputs in keys, by node and element."""

    def execute(self, node: NodeView) -> None:
        given = {
            name: self._given(binding)
            for name, binding in node.bindings.items()
            if name not in node.mapped and not self._is_left_to_function(binding)
        }
        if node.over is None:
            self._done[node.id] = self._attempts(node, given, None)
            return
        self._done[node.id] = self._map(node, given)

    def wait(self, node: NodeView, gates: CalledGates | None) -> None:
        """Let a gate wait, and keep the value that a person gives."""
        assert gates is not None
        if node.gate == "sleep":
            gates.sleep(node)
        elif node.gate == "input":
            self._done[node.id] = {field.name: gates.value(node) for field in node.task.outputs}
        else:
            gates.approve(node, [self._taken(self._given(node.bindings[field.name]), field.type) for field in node.task.outputs])

    def _map(self, node: NodeView, given: Mapping[str, Given]) -> list[Outputs | None]:
        """Run a task for each element; ``None`` stands for those that the map may lose and lost."""
        lists = {name: self._elements(node, name) for name in node.mapped}
        check_lengths(node, {name: len(elements) for name, elements in lists.items()})
        rows = [{**given, **dict(zip(lists, elements, strict=True))} for elements in zip(*lists.values(), strict=True)]
        if not node.has_holes:
            return [self._element_of_map(node, row, index) for index, row in enumerate(rows)]
        results: list[Outputs | None] = []
        lost: list[Loss] = []
        for index, row in enumerate(rows):
            try:
                results.append(self._attempts(node, row, index))
            except UserFailure as failure:
                error = failure.error
                lost.append(Loss(index, short_error(type(error).__name__, str(error)), short_inputs(node.mapped, row)))
                wrong = too_many(node, len(rows), lost)
                if wrong:
                    error.add_note(wrong)
                    failure.verdict = wrong
                    raise
                results.append(None)
        for loss in lost:
            os.write(
                2, f"dagwright: {node.id}{describe(loss)}; its place in the list holds None\n".encode(errors="backslashreplace")
            )
        return results

    def _element_of_map(self, node: NodeView, row: Mapping[str, Given], index: int) -> Outputs:
        try:
            return self._attempts(node, row, index)
        except UserFailure as failure:
            failure.error.add_note(f"in {node.id}[{index}] {short_inputs(node.mapped, row)}")
            raise

    def _is_left_to_function(self, binding: Binding) -> bool:
        """Tell an input that was not given and whose default only the task's own function can evaluate."""
        return binding["kind"] == "input" and binding["name"] not in self._inputs

    def result(self, node_id: str, output: str) -> Any:
        """Give a value of its own of what a node gave.

        Raises:
            LookupError: It has given none.
        """
        if node_id not in self._done:
            raise LookupError(node_id)
        node = self._owner.program.node(node_id)
        declared = type_of_output(node, output)
        whole = declared if node.over is None else list_of(node.type_of_element(declared))
        return self._taken(self._source({"kind": "output", "node": node_id, "output": output}), whole)

    def whole(self, binding: Binding, declared: str) -> Any:
        """Give a value of its own for an output of the workflow."""
        return self._taken(self._given(binding), parse(declared))

    def _taken(self, given: Given, declared: Type) -> Any:
        """Give a value of its own of a declared type."""
        value = self._owner.codec.decode(given.data, given.type, given.fetch) if isinstance(given, Wire) else given.value
        return self._owner.codec.normalise(value, declared)

    def _given(self, binding: Binding) -> Given:
        through = binding.get("through")
        given = self._source(binding)
        return cross(given, through, self._owner.codec) if through else given

    def _source(self, binding: Binding) -> Given:
        if binding["kind"] == "literal":
            return self._owner.literal(binding)
        if binding["kind"] == "list" or binding["kind"] == "dict":
            return self._built(binding)
        if binding["kind"] == "struct":
            instance = self._instance(binding)
            return Value(part_of_value(self._owner.program, binding, instance.value)) if "path" in binding else instance
        if binding["kind"] == "input":
            value = self._inputs[binding["name"]]
        else:
            done, output = self._done[binding["node"]], binding["output"]
            value = [None if element is None else element[output] for element in done] if isinstance(done, list) else done[output]
            if "path" not in binding:
                return Value(value, stand_in=self._stand_in(binding["node"], output, done))
        return Value(part_of_value(self._owner.program, binding, value) if "path" in binding else value)

    def _stand_in(self, node: str, output: str, done: Outputs | list[Outputs | None]) -> Any:
        """Give what stands for an output in keys, or for the list of a map's."""
        if not isinstance(done, list):
            return self._stand_ins.get((node, None), {}).get(output)
        producer = self._owner.program.node(node)
        place = producer.type_of_element(type_of_output(producer, output))
        values = [element and element[output] for element in done]
        parts = [Value(value, stand_in=self._stand_ins.get((node, index), {}).get(output)) for index, value in enumerate(values)]
        return self._together(parts, [place] * len(parts), values)

    def _together(self, parts: Sequence[Given], places: Sequence[Type], values: Sequence[Any]) -> list[Any] | None:
        """Give the stand-ins of parts whose values are brought together, if any has one."""
        if all(part.stand_in is None for part in parts):
            return None
        codec = self._owner.codec
        items = [
            codec.encode(value, place, {}) if part.stand_in is None else None
            for part, place, value in zip(parts, places, values, strict=True)
        ]
        return stand_ins(parts, places, items, codec)

    def _built(self, binding: ListBinding | DictBinding) -> Value:
        """Give a list, tuple or dict that the workflow writes out."""
        declared, codec = parse(binding["type"]), self._owner.codec
        parts = [self._given(item) for item in _items(binding)]
        places = declared.args[1:] * len(parts) if binding["kind"] == "dict" else places_of(declared, len(parts))
        items = self._all_taken(parts, places)
        together = self._together(parts, places, items)
        if binding["kind"] == "dict":
            keys = [key for key, _ in binding["items"]]
            values = {codec.decode(key, declared.args[0], _no_blob): item for key, item in zip(keys, items, strict=True)}
            return Value(values, stand_in=together and named(keys, together))
        return Value(tuple(items) if declared.kind in ("tuple", "vartuple") else items, stand_in=together)

    def _instance(self, binding: StructBinding) -> Value:
        """Give an instance that the workflow builds; a class that runs no code makes of its fields what they are."""
        codec, declared = self._owner.codec, parse(binding["type"])
        names, of_fields = list(binding["items"]), places_of_fields(codec.classes[declared.name])
        parts, places = [self._given(item) for item in binding["items"].values()], [of_fields[name] for name in names]
        arguments = self._all_taken(parts, places)
        together = None if binding.get("constructs") else self._together(parts, places, arguments)
        made = constructed(declared, dict(zip(names, arguments, strict=True)), codec)
        return Value(made, stand_in=together and named(names, together))

    def _all_taken(self, parts: Sequence[Given], places: Sequence[Type]) -> list[Any]:
        try:
            return [self._taken(part, place) for part, place in zip(parts, places, strict=True)]
        except ValueMismatch as mismatch:
            raise misplaced(mismatch) from None

    def _elements(self, node: NodeView, name: str) -> list[Given]:
        given = self._given(node.bindings[name])
        if not isinstance(given.data if isinstance(given, Wire) else given.value, list):
            raise no_list(node, name)
        if isinstance(given, Wire):
            element = given.type.args[0] if given.type.kind == "list" else UNKNOWN
            return [
                Wire(element, item, given.fetch, stand_in=element_of(given.stand_in, index))
                for index, item in enumerate(given.data)
            ]
        return [Value(item, stand_in=element_of(given.stand_in, index)) for index, item in enumerate(given.value)]

    def _attempts(self, node: NodeView, given: Mapping[str, Given], index: int | None) -> Outputs:
        """Try until it succeeds or the user's budget is spent."""
        number, program, serial = 0, self._owner.program, next(_serials)
        while True:
            attempt = context.Attempt(
                node.id, index, number, task=node.task.name, project=program.project, domain=program.domain, serial=serial
            )
            before = context.enter(attempt)
            try:
                outputs = self._attempt(node, given, index)
            except UserFailure as failure:
                may_pass = isinstance(failure.error, TaskTimeoutError) or is_recoverable(failure.error)
                if not may_pass or number >= node.policy.retries:
                    raise
                number += 1
            else:
                if attempt.decks and node.policy.deck:
                    os.write(
                        2, f"dagwright: the deck of {node.task.name} is kept where a run has a store: dagwright run\n".encode()
                    )
                return outputs
            finally:
                context.enter(before)

    def _attempt(self, node: NodeView, given: Mapping[str, Given], index: int | None) -> Outputs:
        owner, task = self._owner, node.task
        mocked = _is_mocked(owner.modules, task)
        cached = self._cache != OFF and node.policy.cache_version is not None and not mocked
        program = owner.program
        call = TaskCall(
            task,
            node.policy,
            given,
            codec=owner.codec,
            function=lambda: function_of(owner.modules.load(task.module, task.function)),
            run=_called if mocked else self._runner(node),
            reuse=Reuse(owner.store(), project=program.project, domain=program.domain, cache=self._cache) if cached else None,
        )
        performed = perform(call)
        if performed.stand_ins:
            self._stand_ins[node.id, index] = performed.stand_ins
        return self._values(node, performed)

    def _runner(self, node: NodeView) -> Callable[[Callable[..., Any], dict[str, Any]], Any]:
        timeout_s, environment, secrets = node.policy.timeout_s, node.policy.environment, node.policy.secrets

        def run(function: Callable[..., Any], arguments: dict[str, Any]) -> Any:
            with _Environment({**environment, **chosen_variables(secrets)} if secrets else environment):
                if not timeout_s:
                    return _called(function, arguments)
                process_folder()  # this process's, so that the task's files outlive its process
                fetch_all(arguments)
                return call_timed(lambda: _called(function, arguments), timeout_s)

        return run

    def _values(self, node: NodeView, performed: Performed) -> Outputs:
        """Give the outputs as values: the function's own, or those of the stored result that counts."""
        if performed.values is not None:
            return performed.values
        result = performed.result
        assert result is not None
        fetch = fetcher(self._owner.store(), result)
        return {
            field.name: self._owner.codec.decode(unpack_output(result.output(field.name), fetch), field.type, fetch)
            for field in node.task.outputs
        }


def _items(binding: ListBinding | DictBinding) -> Sequence[Binding]:
    return [item for _, item in binding["items"]] if binding["kind"] == "dict" else binding["items"]


def _is_mocked(modules: LiveModules, task: TaskView) -> bool:
    """Tell whether a test has put a mock in a task's place: no cache serves it, and no other process would count its calls."""
    testing = sys.modules.get("dagwright.testing")
    return testing is not None and bool(testing.is_mocked(modules.load(task.module, task.function)))


def _called(function: Callable[..., Any], arguments: dict[str, Any]) -> Any:
    process = os.getpid()
    try:
        return finished(function(**arguments))
    except SystemExit as leaving:
        if os.getpid() != process:  # one that the task forked may leave as it likes
            raise UserFailure(leaving) from leaving
        # A script's exit status is not the task's to choose; `dagwright run` fails the run.
        own = TaskDiedError(f"the task called sys.exit({'' if leaving.code is None else repr(leaving.code)})")
        raise UserFailure(own.with_traceback(leaving.__traceback__)) from leaving
    except BaseException as error:
        raise UserFailure(error) from error


class _Environment:
    """A task's own environment variables, for as long as it runs."""

    def __init__(self, variables: Mapping[str, str]) -> None:
        self._variables = variables
        self._before: dict[str, str | None] = {}

    def __enter__(self) -> None:
        self._before = {name: os.environ.get(name) for name in self._variables}
        os.environ.update(self._variables)

    def __exit__(self, *_error: object) -> None:
        for name, value in self._before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


def _no_blob(sha256: str) -> bytes:
    raise LookupError(f"a key refers to the blob {sha256}")
