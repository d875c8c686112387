"""Where a node's inputs come from in a run: literals of the plan, texts of the workflow's inputs, pins of other nodes.

Input: bindings of the plan. Output: wire data and values for ``task_call``. The output of a map node is the list of its elements'
results, with None for those that the map may lose and lost; its length is that of the list it maps over. Reads the store, writes nothing,
knows nothing of processes.
"""

from __future__ import annotations

from dagwright.cache import Result, fetcher, read_pin, unpack_output
from dagwright.contract.failures import result_of
from dagwright.contract.names import pin_key
from dagwright.contract.paths import NoSuchPart, follow_value, follow_wire, spell_path
from dagwright.contract.types import UNKNOWN, list_of, parse
from dagwright.execution.built_values import build
from dagwright.execution.faults import Fault, UserFailure, fatal
from dagwright.execution.given import Value, Wire, cross
from dagwright.store.together import each

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Mapping, Optional, Sequence, Union

    from dagwright.contract.paths import Step
    from dagwright.contract.schema import Binding, InputBinding, OutputBinding, StructBinding
    from dagwright.contract.types import Type
    from dagwright.execution.assignment import Assignment
    from dagwright.execution.elements import Elements
    from dagwright.execution.given import Given
    from dagwright.execution.plan_view import NodeView, ProgramView
    from dagwright.store.verbs import Store
    from dagwright.values import Codec


class Bindings:
    """Resolves the bindings of one program in one run; ``failed`` resolves those of the run whose failure the program handles."""

    __slots__ = (
        "_codec",
        "_elements_of",
        "_expected",
        "_failed",
        "_lengths",
        "_lists",
        "_pins",
        "_program",
        "_run",
        "_slices",
        "_store",
        "_texts",
    )

    def __init__(
        self,
        program: ProgramView,
        *,
        run: str,
        store: Store,
        codec: Codec,
        texts: Mapping[str, str],
        failed: Optional[Bindings] = None,
    ) -> None:
        self._program = program
        self._run = run
        self._store = store
        self._codec = codec
        self._texts = texts
        self._failed = failed
        self._lengths: dict[str, int] = {}
        self._pins: dict[str, Result] = {}
        self._elements_of: dict[str, Elements] = {}
        self._lists: dict[tuple[str, str], Given] = {}
        self._expected = range(0)
        self._slices: dict[tuple[str, str], tuple[range, list[Any]]] = {}

    def expect(self, positions: range) -> None:
        """Say which elements of a map node are asked for next: they are fetched together."""
        self._expected = positions

    def of_node(self, node: NodeView, index: int | None) -> dict[str, Given]:
        """Resolve the inputs of a node, or of element ``index`` of a map node.

        Raises:
            Fault: A value is not there, or the index is beyond the list.
            UserFailure: The text of a workflow input is not of its type.
            StoreError: The store failed.
        """
        return {
            name: self._element(name, index, node) if name in node.mapped else self.value(binding)
            for name, binding in node.bindings.items()
            if not self._is_left_to_function(binding)
        }

    def _is_left_to_function(self, binding: Binding) -> bool:
        """Tell an input that was not given and whose default only the task's own function can evaluate."""
        if binding["kind"] != "input" or binding["name"] in self._texts:
            return False
        field = self._program.inputs[binding["name"]]
        return field.deferred and not field.has_default

    def value(self, binding: Binding) -> Given:
        """Resolve one binding to a whole value."""
        through = binding.get("through")
        given = self._source(binding)
        return cross(given, through, self._codec) if through else given

    def _source(self, binding: Binding) -> Given:
        if binding["kind"] == "literal":
            return Wire(parse(binding["type"]), binding["value"])
        if binding["kind"] == "list" or binding["kind"] == "dict" or binding["kind"] == "struct":
            return self._part(build(binding, self.value, self._codec), binding, UNKNOWN)
        if binding["kind"] == "input":
            return self._part(self._input(binding["name"]), binding, self._program.inputs[binding["name"]].type)
        producer = self._program.node(binding["node"])
        declared = type_of_output(producer, binding["output"])
        if producer.gate:
            return self._part(self._given(producer), binding, declared)
        if "path" in binding:
            return self._part_of_output(producer, binding, declared)
        return self._whole(producer, binding["output"], declared)

    def _whole(self, producer: NodeView, output: str, declared: Type) -> Wire:
        """Give all of an output; the output of a map is the list of its elements'."""
        if producer.over is None:
            return self._pinned(producer, output, declared)
        return self._elements(producer, range(self.length(producer)), output, declared)

    def _elements(self, producer: NodeView, positions: Sequence[int], output: str, declared: Type) -> Wire:
        """Give what elements of a map gave, as a list."""
        self.elements(producer).fetch(positions)
        pins = [self._result_of(producer, position) for position in positions]
        parts = [None if pin is None else pin.output(output) for pin in pins]
        fetch = fetcher(self._store, Result(tuple(part for part in parts if part is not None)))
        element = producer.type_of_element(declared)
        far = [part for part in parts if part is not None and part.blob is not None]
        fetched = iter(each(self._store, lambda part: unpack_output(part, fetch), far))
        items = [none_of(element) if part is None else part.data if part.blob is None else next(fetched) for part in parts]
        stand_ins = [None if part is None else part.stand_in for part in parts]
        return Wire(list_of(element), items, fetch, stand_in=self._together(stand_ins, element, items))

    def length(self, node: NodeView) -> int:
        """Count the elements of a map node.

        Raises:
            UserFailure: It runs over several lists, and they differ in length, or over what a run shows to be no list.
        """
        found = self._lengths.get(node.id)
        if found is None:
            counts = {name: self._length(node, name) for name in node.mapped}
            check_lengths(node, counts)
            found = self._lengths[node.id] = counts[node.mapped[0]]
        return found

    def _length(self, node: NodeView, name: str) -> int:
        binding = node.bindings[name]
        if binding["kind"] == "output":
            producer = self._program.node(binding["node"])
            if "path" not in binding:
                if producer.over is not None:
                    return self.length(producer)
                count = self._pin(producer).output(binding["output"]).count
                if count is not None:
                    return count
        if binding["kind"] == "list":
            return len(binding["items"])
        counted = self._count_of_input(binding)
        if counted is not None:
            return counted
        given = self._source(binding)
        found = given.data if isinstance(given, Wire) else given.value
        if not isinstance(found, list):  # of a type that only a run knows
            raise no_list(node, name)
        return len(found)

    def _count_of_input(self, binding: Binding) -> int | None:
        """Count a list that is a whole input of the workflow, without the user's code that may take part in decoding it."""
        if binding["kind"] != "input" or "path" in binding or self._program.inputs[binding["name"]].type.kind != "list":
            return None
        from dagwright.contract.jsontext import loads

        try:
            data = loads(self._texts.get(binding["name"], "null"))
        except ValueError:
            return None  # whoever decodes it says why
        return len(data) if isinstance(data, list) else None

    def _element(self, name: str, index: int | None, node: NodeView) -> Given:
        binding, count = node.bindings[name], self.length(node)
        if index is None or not 0 <= index < count:
            raise fatal(f"node {node.id!r} maps over {count} elements, and this attempt was given the index {index}")
        if binding["kind"] == "output" and "path" not in binding:
            producer = self._program.node(binding["node"])
            declared = type_of_output(producer, binding["output"])
            if producer.over is not None or declared.kind == "list":
                element = self._element_of(producer, index, binding["output"], declared)
                through = [parse(text).args[0].text for text in binding.get("through", ())]
                return cross(element, through, self._codec) if through else element
        if binding["kind"] == "list":  # this element alone: the others may come from anywhere
            given = self.value({**binding, "items": [binding["items"][index]]})
            index = 0
        else:
            given = self._list(node, name)
        if isinstance(given, Wire):
            declared = given.type.args[0] if given.type.kind == "list" else UNKNOWN
            return Wire(declared, given.data[index], given.fetch, stand_in=element_of(given.stand_in, index))
        return Value(given.value[index], stand_in=element_of(given.stand_in, index))

    def _list(self, node: NodeView, name: str) -> Given:
        """Give a list that a map runs over; where a pod runs several of its elements, it is read once."""
        found = self._lists.get((node.id, name))
        if found is None:
            found = self._lists[node.id, name] = self.value(node.bindings[name])
        return found

    def _part_of_output(self, producer: NodeView, binding: OutputBinding, declared: Type) -> Given:
        """Give a part of an output; of a map's results, one element's pin is enough."""
        path, output = binding.get("path", []), binding["output"]
        if producer.over is None:
            return self._part(self._pinned(producer, output, declared), binding, declared)
        count, first = self.length(producer), path[0]
        if isinstance(first, list):
            some = self._elements(producer, range(count)[slice(*first)], output, declared)
            return self._part(some, {**binding, "path": path[1:]}, some.type, whole=binding)
        if not isinstance(first, int) or not -count <= first < count:
            raise _missing(
                binding, NoSuchPart(f"the value has {count} item{'' if count == 1 else 's'}, so there is no [{first!r}]")
            )
        element = self._element_of(producer, first % count, output, declared)
        return self._part(element, {**binding, "path": path[1:]}, element.type, whole=binding)

    def _part(self, given: Given, binding: Binding, declared: Type, *, whole: Optional[OutputBinding] = None) -> Given:
        """Give the part of a value where the binding's path leads."""
        path = _path_of(binding)
        if not path:
            return given
        try:
            if isinstance(given, Wire):
                found, data = follow_wire(given.type, given.data, path, self._codec.classes)
                return Wire(found, data, given.fetch)
            return Value(follow_value(declared, given.value, path))
        except NoSuchPart as missing:
            raise _missing(whole or binding, missing) from None

    def check_value(self, node_id: str) -> None:
        """See that a node has a value.

        Raises:
            Fault: It has none.
            UserFailure: It is a map over lists that differ in length.
            StoreError: The store failed.
        """
        producer = self._program.node(node_id)
        if producer.gate:
            self._given(producer)
        elif producer.over is None:
            self._pin(producer)
        else:
            positions = range(self.length(producer))
            self.elements(producer).fetch(positions)
            for position in positions:
                self._result_of(producer, position)

    def _input(self, name: str) -> Given:
        taken = result_of(name)
        if taken is not None:
            assert self._failed is not None
            node, output = taken
            return self._failed.value({"kind": "output", "node": node, "output": output})
        field = self._program.inputs[name]
        text = self._texts.get(name)
        if text is not None:
            from dagwright.contract.references import referred
            from dagwright.execution.input_text import read_input

            sha256 = referred(text)
            return Value(read_input(self._codec, field, text if sha256 is None else self._long_text(name, sha256)))
        if field.has_default:
            default = Wire(field.type, field.default)
            return cross(default, [field.type.text], self._codec) if field.deferred else default
        raise fatal(f"input {name!r} of {self._program.workflow} has no value: the attempt needs DAGWRIGHT_INPUT_{name}")

    def _given(self, gate: NodeView) -> Value:
        """Read what a person gave at a gate."""
        from dagwright.execution.gate_values import read_given
        from dagwright.execution.input_text import read_input
        from dagwright.execution.plan_view import FieldView

        text = read_given(self._store, self._run, gate.id)
        if text is None:
            raise fatal(
                f"nobody gave a value for {gate.id!r}: type `dagwright approve RUN {gate.id} --set VALUE`, then `dagwright retry RUN`"
            )
        asked = FieldView({"name": gate.id, "type": gate.task.outputs[0].type.text})
        return Value(read_input(self._codec, asked, text))

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

    def _element_of(self, producer: NodeView, index: int, output: str, declared: Type) -> Wire:
        """Give one element of a list that a task returned, or what one element of a map gave."""
        if producer.over is None:
            return self._item(producer, index, output, declared.args[0])
        element, pin = producer.type_of_element(declared), self._result_of(producer, index)
        if pin is None:
            return Wire(element, none_of(element))
        fetch, found = fetcher(self._store, pin), pin.output(output)
        return Wire(element, unpack_output(found, fetch), fetch, stand_in=found.stand_in)

    def _item(self, producer: NodeView, index: int, output: str, declared: Type) -> Wire:
        """Give one element of a list, from the slice that was fetched last, or with those that are expected."""
        from dagwright.cache.packs import fetch_slice

        pin = self._pin(producer)
        found = self._slices.get((producer.id, output))
        if found is None or index not in found[0]:
            listed = pin.output(output)
            if listed.count is None:
                raise fatal(f"the result of node {producer.id!r} does not say how long its list {output!r} is")
            positions = range(listed.count)
            if listed.slices is not None:
                positions = (
                    positions[self._expected.start : self._expected.stop]
                    if index in self._expected
                    else positions[index : index + 1]
                )
            found = positions, fetch_slice(self._store, listed, positions.start, positions.stop)
            self._slices[producer.id, output] = found
        stand_in = element_of(pin.output(output).stand_in, index)
        return Wire(declared, found[1][index - found[0].start], fetcher(self._store, pin), stand_in=stand_in)

    def elements(self, producer: NodeView) -> Elements:
        """Give access to the results of a map's elements.

        Raises:
            UserFailure: The map runs over several lists, and they differ in length.
        """
        found = self._elements_of.get(producer.id)
        if found is None:
            from dagwright.execution.elements import Elements

            found = Elements(self._store, self._run, producer, self.length(producer), self._program.map_pods)
            self._elements_of[producer.id] = found
        return found

    def _result_of(self, producer: NodeView, index: int) -> Result | None:
        """Give the result of a map's element, or ``None`` when the map may lose elements and lost this one."""
        elements = self.elements(producer)
        found = elements.result(index)
        if found is not None:
            return found
        if producer.has_holes:
            from dagwright.execution.lost_elements import is_noted

            if is_noted(self._store, self._run, producer.id, index):
                return None
        raise self._absent(elements.key(index), producer)

    def _pinned(self, producer: NodeView, output: str, declared: Type) -> Wire:
        pin = self._pin(producer)
        fetch, found = fetcher(self._store, pin), pin.output(output)
        return Wire(declared, unpack_output(found, fetch), fetch, stand_in=found.stand_in)

    def _together(self, stand_ins: Sequence[Any], declared: Type, items: Sequence[Any]) -> Any:
        """Give what stands for a list of which some elements have stand-ins."""
        if all(stand_in is None for stand_in in stand_ins):
            return None
        from dagwright.execution.user_hashes import of_parts

        return of_parts([(stand_in, declared, item) for stand_in, item in zip(stand_ins, items)], self._codec.classes)

    def _pin(self, producer: NodeView) -> Result:
        found = self._pins.get(producer.id)
        if found is None:
            key = pin_key(self._run, producer.id)
            found = read_pin(self._store, key, outputs=producer.task.shape)
            if found is None:
                raise self._absent(key, producer)
            self._pins[producer.id] = found
        return found

    def _absent(self, key: str, producer: NodeView) -> Fault:
        return fatal(
            f"store {self._store.url}: no {key}, the result of node {producer.id!r}: all pods of a run need the same store and run"
        )


def bindings_of(assignment: Assignment, store: Store, codec: Codec) -> Bindings:
    """Make the bindings of an attempt."""
    plan, texts, failed = assignment.plan, assignment.inputs, None
    if plan.failed is not None:
        failed = Bindings(plan.failed, run=assignment.failed_run, store=store, codec=codec, texts=texts)
    return Bindings(plan.program, run=assignment.run, store=store, codec=codec, texts=texts, failed=failed)


def element_of(stand_in: Any, index: int) -> Any:
    """What stands for an element, where its list has stand-ins."""
    return stand_in[index] if isinstance(stand_in, list) else None


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


def no_list(node: NodeView, name: str) -> UserFailure:
    """Say that a map runs over something else."""
    return UserFailure(TypeError(f"a map of {node.task.name} runs over a list, and what it is given for {name!r} is none"))


def _elements(count: int) -> str:
    return f"{count} element{'' if count == 1 else 's'}"


def part_of_value(program: ProgramView, binding: Union[InputBinding, OutputBinding, StructBinding], value: Any) -> Any:
    """Give the part of a whole value where a binding's path leads: for who holds values in memory.

    Raises:
        UserFailure: There is no such part.
    """
    if binding["kind"] == "input":
        declared = program.inputs[binding["name"]].type
    elif binding["kind"] == "struct":
        declared = parse(binding["type"])
    else:
        producer = program.node(binding["node"])
        declared = type_of_output(producer, binding["output"])
        declared = declared if producer.over is None else list_of(producer.type_of_element(declared))
    try:
        return follow_value(declared, value, binding.get("path", []))
    except NoSuchPart as missing:
        raise _missing(binding, missing) from None


def none_of(declared: Type) -> Any:
    """Give the wire form of None under a type that has it."""
    is_plain = declared.kind == "none" or (declared.kind == "union" and len(declared.args) == 2)
    return None if is_plain else {"$u": "none", "v": None}


def type_of_output(producer: NodeView, output: str) -> Type:
    """Give the declared type of a task's output.

    Raises:
        Fault: The task has none of this name.
    """
    for field in producer.task.outputs:
        if field.name == output:
            return field.type
    raise fatal(f"node {producer.id!r} has no output {output!r}: compile the plan again")


def _missing(binding: Binding, missing: NoSuchPart) -> UserFailure:
    """Say in one line what a binding asked for and what is there."""
    source = "what the workflow builds"
    if binding["kind"] == "input":
        source = f"input {binding['name']!r}"
    elif binding["kind"] == "output":
        source = f"the result of {binding['node']!r}"
    return UserFailure(LookupError(f"{spell_path(_path_of(binding))} of {source}: {missing}"))


def _path_of(binding: Binding) -> Sequence[Step]:
    """Where in a value the part is that a binding stands for; empty for the whole."""
    if binding["kind"] == "input" or binding["kind"] == "output" or binding["kind"] == "struct":
        return binding.get("path", ())
    return ()
