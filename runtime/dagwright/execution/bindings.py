"""Where a node's inputs come from in a run: literals of the plan, texts of the workflow's inputs, pins of other nodes.

Input: bindings of the plan. Output: wire data and values for ``task_call``. The output of a map node is the list of its elements'
pins; its length is that of the list it maps over. Reads the store, writes nothing, knows nothing of processes.
"""

from __future__ import annotations

from dagwright.cache import Result, fetcher, read_pin, unpack_output
from dagwright.contract.names import pin_key
from dagwright.contract.types import list_of, parse
from dagwright.execution.faults import fatal
from dagwright.execution.task_call import Value, Wire, cross

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Mapping

    from dagwright.contract.schema import Binding
    from dagwright.contract.types import Type
    from dagwright.execution.plan_view import NodeView, ProgramView
    from dagwright.execution.task_call import Given
    from dagwright.store.verbs import Store
    from dagwright.values import Codec


class Bindings:
    """Resolves the bindings of one program in one run."""

    __slots__ = ("_codec", "_pins", "_program", "_run", "_store", "_texts")

    def __init__(self, program: ProgramView, *, run: str, store: Store, codec: Codec, texts: Mapping[str, str]) -> None:
        self._program = program
        self._run = run
        self._store = store
        self._codec = codec
        self._texts = texts
        self._pins: dict[tuple[str, int | None], Result] = {}

    def of_node(self, node: NodeView, index: int | None) -> dict[str, Given]:
        """Resolve the inputs of a node, or of element ``index`` of a map node.

        Raises:
            Fault: A value is not there, or the index is beyond the list.
            UserFailure: The text of a workflow input is not of its type.
            StoreError: The store failed.
        """
        return {
            name: self._element(binding, index, node) if name == node.over else self.value(binding)
            for name, binding in node.bindings.items()
            if not self._is_left_to_function(binding)
        }

    def _is_left_to_function(self, binding: Binding) -> bool:
        """Tell an input that was not given and whose default only the task's own function can evaluate."""
        if binding["kind"] != "input" or binding["name"] in self._texts:
            return False
        return self._program.inputs[binding["name"]].deferred

    def value(self, binding: Binding) -> Given:
        """Resolve one binding to a whole value."""
        through = binding.get("through")
        given = self._source(binding)
        return cross(given, through, self._codec) if through else given

    def _source(self, binding: Binding) -> Given:
        if binding["kind"] == "literal":
            return Wire(parse(binding["type"]), binding["value"])
        if binding["kind"] == "input":
            return self._input(binding["name"])
        producer = self._program.node(binding["node"])
        declared = self._type_of(producer, binding["output"])
        if producer.over is None:
            return self._pinned(producer, None, binding["output"], declared)
        parts = tuple(self._pin(producer, position).output(binding["output"]) for position in range(self.length(producer)))
        fetch = fetcher(self._store, Result(parts))
        return Wire(list_of(declared), [unpack_output(part, fetch) for part in parts], fetch)

    def length(self, node: NodeView) -> int:
        """Count the elements of a map node."""
        assert node.over is not None
        binding = node.bindings[node.over]
        if binding["kind"] == "output":
            producer = self._program.node(binding["node"])
            if producer.over is not None:
                return self.length(producer)
            return length_of(self._pin(producer, None), binding["output"])
        given = self._source(binding)
        return len(given.data if isinstance(given, Wire) else given.value)

    def _element(self, binding: Binding, index: int | None, node: NodeView) -> Given:
        count = self.length(node)
        if index is None or not 0 <= index < count:
            raise fatal(f"node {node.id!r} maps over {count} elements, and this attempt was given the index {index}")
        if binding["kind"] == "output":
            producer = self._program.node(binding["node"])
            if producer.over is not None:
                element = self._pinned(producer, index, binding["output"], self._type_of(producer, binding["output"]))
                through = [parse(text).args[0].text for text in binding.get("through", ())]
                return cross(element, through, self._codec) if through else element
        given = self.value(binding)
        if isinstance(given, Wire):
            return Wire(given.type.args[0], given.data[index], given.fetch)
        return Value(given.value[index])

    def _input(self, name: str) -> Given:
        field = self._program.inputs[name]
        text = self._texts.get(name)
        if text is not None:
            from dagwright.contract.references import referred
            from dagwright.execution.input_text import read_input

            sha256 = referred(text)
            return Value(read_input(self._codec, field, text if sha256 is None else self._long_text(name, sha256)))
        if field.has_default:
            return Wire(field.type, field.default)
        raise fatal(f"input {name!r} of {self._program.workflow} has no value: the attempt needs DAGWRIGHT_INPUT_{name}")

    def _long_text(self, name: str, sha256: str) -> str:
        """Fetch an input's text that was too long for an environment."""
        from dagwright.contract.keys import sha256_hex
        from dagwright.contract.names import blob_key

        data = self._store.get(blob_key(sha256))
        if sha256_hex(data) != sha256:
            raise fatal(
                f"store {self._store.url}: the text of input {name!r} is not what its digest says: submit the workflow again"
            )
        return data.decode("utf-8", "surrogatepass")

    def _type_of(self, producer: NodeView, output: str) -> Type:
        for field in producer.task.outputs:
            if field.name == output:
                return field.type
        raise fatal(f"node {producer.id!r} has no output {output!r}: compile the plan again")

    def _pinned(self, producer: NodeView, index: int | None, output: str, declared: Type) -> Wire:
        pin = self._pin(producer, index)
        fetch = fetcher(self._store, pin)
        return Wire(declared, unpack_output(pin.output(output), fetch), fetch)

    def _pin(self, producer: NodeView, index: int | None) -> Result:
        found = self._pins.get((producer.id, index))
        if found is None:
            key = pin_key(self._run, producer.id, index)
            found = read_pin(self._store, key)
            if found is None:
                raise fatal(
                    f"store {self._store.url}: no {key}, the result of node {producer.id!r}: all pods of a run need the same store and run"
                )
            self._pins[producer.id, index] = found
        return found


def length_of(result: Result, output: str) -> int:
    """Count the elements of a list output.

    Raises:
        Fault: The output is no list.
    """
    count = result.output(output).count
    if count is None:
        raise fatal(f"output {output!r} is no list, and something maps over it: compile the plan again")
    return count
