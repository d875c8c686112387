"""Where a node's inputs come from in a run: literals of the plan, texts of the workflow's inputs, pins of other nodes.

Input: bindings of the plan. Output: wire data and values for ``task_call``. The output of a map node is the list of its elements'
pins; its length is that of the list it maps over. Reads the store, writes nothing, knows nothing of processes.
"""

from __future__ import annotations

from dagwright.cache import Result, fetcher, read_pin, unpack_output
from dagwright.contract.names import pin_key
from dagwright.contract.paths import NoSuchPart, follow_value, follow_wire, spell_path
from dagwright.contract.types import UNKNOWN, list_of, parse
from dagwright.execution.built_values import build
from dagwright.execution.faults import UserFailure, fatal
from dagwright.execution.task_call import Value, Wire, cross

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Mapping, Optional, Union

    from dagwright.contract.schema import Binding, InputBinding, OutputBinding
    from dagwright.contract.types import Type
    from dagwright.execution.plan_view import NodeView, ProgramView
    from dagwright.execution.task_call import Given
    from dagwright.store.verbs import Store
    from dagwright.values import Codec


class Bindings:
    """Resolves the bindings of one program in one run."""

    __slots__ = ("_codec", "_lengths", "_pins", "_program", "_run", "_store", "_texts")

    def __init__(self, program: ProgramView, *, run: str, store: Store, codec: Codec, texts: Mapping[str, str]) -> None:
        self._program = program
        self._run = run
        self._store = store
        self._codec = codec
        self._texts = texts
        self._lengths: dict[str, int] = {}
        self._pins: dict[tuple[str, int | None], Result] = {}

    def of_node(self, node: NodeView, index: int | None) -> dict[str, Given]:
        """Resolve the inputs of a node, or of element ``index`` of a map node.

        Raises:
            Fault: A value is not there, or the index is beyond the list.
            UserFailure: The text of a workflow input is not of its type.
            StoreError: The store failed.
        """
        return {
            name: self._element(binding, index, node) if name in node.mapped else self.value(binding)
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
        if binding["kind"] == "list" or binding["kind"] == "dict":
            return build(binding, self.value, self._codec)
        if binding["kind"] == "input":
            return self._part(self._input(binding["name"]), binding, self._program.inputs[binding["name"]].type)
        producer = self._program.node(binding["node"])
        declared = type_of_output(producer, binding["output"])
        if "path" in binding:
            return self._part_of_output(producer, binding, declared)
        return self._whole(producer, binding["output"], declared)

    def _whole(self, producer: NodeView, output: str, declared: Type) -> Wire:
        """Give all of an output; the output of a map is the list of its elements'."""
        if producer.over is None:
            return self._pinned(producer, None, output, declared)
        parts = tuple(self._pin(producer, position).output(output) for position in range(self.length(producer)))
        fetch = fetcher(self._store, Result(parts))
        return Wire(list_of(declared), [unpack_output(part, fetch) for part in parts], fetch)

    def length(self, node: NodeView) -> int:
        """Count the elements of a map node.

        Raises:
            UserFailure: It runs over several lists, and they differ in length.
        """
        found = self._lengths.get(node.id)
        if found is None:
            counts = {name: self._length(node.bindings[name]) for name in node.mapped}
            check_lengths(node, counts)
            found = self._lengths[node.id] = counts[node.mapped[0]]
        return found

    def _length(self, binding: Binding) -> int:
        if binding["kind"] == "output":
            producer = self._program.node(binding["node"])
            if "path" not in binding:
                if producer.over is not None:
                    return self.length(producer)
                return length_of(self._pin(producer, None), binding["output"])
        if binding["kind"] == "list":
            return len(binding["items"])
        given = self._source(binding)
        return len(given.data if isinstance(given, Wire) else given.value)

    def _element(self, binding: Binding, index: int | None, node: NodeView) -> Given:
        count = self.length(node)
        if index is None or not 0 <= index < count:
            raise fatal(f"node {node.id!r} maps over {count} elements, and this attempt was given the index {index}")
        if binding["kind"] == "output" and "path" not in binding:
            producer = self._program.node(binding["node"])
            if producer.over is not None:
                element = self._pinned(producer, index, binding["output"], type_of_output(producer, binding["output"]))
                through = [parse(text).args[0].text for text in binding.get("through", ())]
                return cross(element, through, self._codec) if through else element
        if binding["kind"] == "list":  # this element alone: the others may come from anywhere
            binding, index = {**binding, "items": [binding["items"][index]]}, 0
        given = self.value(binding)
        if isinstance(given, Wire):
            declared = given.type.args[0] if given.type.kind == "list" else UNKNOWN
            return Wire(declared, given.data[index], given.fetch)
        return Value(given.value[index])

    def _part_of_output(self, producer: NodeView, binding: OutputBinding, declared: Type) -> Given:
        """Give a part of an output; of a map's results, one element's pin is enough."""
        path, output = binding.get("path", []), binding["output"]
        if producer.over is None:
            return self._part(self._pinned(producer, None, output, declared), binding, declared)
        count, first = self.length(producer), path[0]
        if not isinstance(first, int) or not -count <= first < count:
            raise _missing(
                binding, NoSuchPart(f"the value has {count} item{'' if count == 1 else 's'}, so there is no [{first!r}]")
            )
        element = self._pinned(producer, first % count, output, declared)
        return self._part(element, {**binding, "path": path[1:]}, declared, whole=binding)

    def _part(
        self, given: Given, binding: Union[InputBinding, OutputBinding], declared: Type, *, whole: Optional[OutputBinding] = None
    ) -> Given:
        """Give the part of a value where the binding's path leads."""
        path = binding.get("path")
        if not path:
            return given
        try:
            if isinstance(given, Wire):
                found, data = follow_wire(given.type, given.data, path, self._codec.classes)
                return Wire(found, data, given.fetch)
            return Value(follow_value(declared, given.value, path))
        except NoSuchPart as missing:
            raise _missing(whole or binding, missing) from None

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


def check_lengths(node: NodeView, counts: Mapping[str, int]) -> None:
    """Hold the lists that a map runs over to one length.

    Raises:
        UserFailure: They differ.
    """
    first, *others = counts
    for other in others:
        if counts[other] != counts[first]:
            text = f"a map of {node.task.name} runs over lists of one length, but {first!r} has {_elements(counts[first])} and {other!r} has {_elements(counts[other])}"
            raise UserFailure(ValueError(text))


def _elements(count: int) -> str:
    return f"{count} element{'' if count == 1 else 's'}"


def part_of_value(program: ProgramView, binding: Union[InputBinding, OutputBinding], value: Any) -> Any:
    """Give the part of a whole value where a binding's path leads: for who holds values in memory.

    Raises:
        UserFailure: There is no such part.
    """
    if binding["kind"] == "input":
        declared = program.inputs[binding["name"]].type
    else:
        producer = program.node(binding["node"])
        declared = type_of_output(producer, binding["output"])
        declared = declared if producer.over is None else list_of(declared)
    try:
        return follow_value(declared, value, binding.get("path", []))
    except NoSuchPart as missing:
        raise _missing(binding, missing) from None


def type_of_output(producer: NodeView, output: str) -> Type:
    """Give the declared type of a task's output.

    Raises:
        Fault: The task has none of this name.
    """
    for field in producer.task.outputs:
        if field.name == output:
            return field.type
    raise fatal(f"node {producer.id!r} has no output {output!r}: compile the plan again")


def _missing(binding: Union[InputBinding, OutputBinding], missing: NoSuchPart) -> UserFailure:
    """Say in one line what a binding asked for and what is there."""
    source = f"input {binding['name']!r}" if binding["kind"] == "input" else f"the result of {binding['node']!r}"
    return UserFailure(LookupError(f"{spell_path(binding.get('path', []))} of {source}: {missing}"))


def length_of(result: Result, output: str) -> int:
    """Count the elements of a list output.

    Raises:
        Fault: The output is no list.
    """
    count = result.output(output).count
    if count is None:
        raise fatal(f"output {output!r} is no list, and something maps over it: compile the plan again")
    return count
