"""The body of one workflow of a generated project, statement by statement."""

from __future__ import annotations

import random
import re
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol

from mutation.kinds import RECORDS, UNWRITABLE, WHOLE, Spelled, arguments, constructed, element, fits, literal, parts

_TURNS = {"int": "turn", "float": "turn + 0.5", "str": 'f"turn {turn}"'}
"""What an argument is that differs in each turn of a loop."""


class Parameter(NamedTuple):
    """An input of a task or workflow; ``default`` is canonical where there is one."""

    name: str
    kind: str
    default: Spelled | None = None


@dataclass(frozen=True)
class Callable:
    """A task or workflow: where it is defined, what it takes and gives."""

    name: str
    module: str
    inputs: tuple[Parameter, ...]
    outputs: tuple[str, ...]
    is_task: bool = True

    @property
    def gives_one(self) -> bool:
        """Whether it is a task with one result, which a list can hold."""
        return self.is_task and len(self.outputs) == 1 and self.outputs[0] not in WHOLE


@dataclass(frozen=True)
class Body:
    """What the body of one workflow holds, by the text of its expressions."""

    workflow: Callable
    path: str
    kinds: dict[str, str] = field(default_factory=dict)
    """Promises by their text, with their kinds; inputs included."""
    callees: dict[str, Callable] = field(default_factory=dict)
    """What names in the body call."""


class Module(Protocol):
    """The module that a workflow is written in."""

    @property
    def callables(self) -> list[Callable]:
        """Tasks and workflows that can be called."""

    @property
    def length(self) -> int:
        """How many lines it has so far."""

    def use(self, symbol: str) -> str:
        """How it spells a symbol; imports it on first use."""

    def static(self, spelled: Spelled) -> str:
        """A static expression as it writes it."""


def root(expression: str) -> str:
    """The name that an expression over a result starts with."""
    return re.split(r"[.\[]", expression, maxsplit=1)[0]


class Flow:
    """Writes a body.

    Args:
        module: The module that it stands in.
        body: What becomes known of it on the way; its workflow has inputs.
        chance: Where choices are made.
    """

    def __init__(self, module: Module, body: Body, chance: random.Random) -> None:
        self._module = module
        self._chance = chance
        self.body = body
        self._values: list[tuple[str, str]] = []
        self._unused: dict[str, str] = {}
        self._made: set[tuple[str, ...]] = set()
        self._ordered: list[str] = []
        self._unmapped = {each.name for each in body.workflow.inputs}
        """Names whose parts no map can run over: no pod knows their length in time."""
        self._count = 0
        self.outputs: tuple[str, ...] = ()
        self.before: list[str] = []
        """Lines of the module that the body needs: plain functions, maps in variables."""
        for each in body.workflow.inputs:
            self._known(each.name, each.kind)

    def lines(self, calls: int) -> list[str]:
        """Statements, the last of which returns what nothing took."""
        found: list[str] = ['"""A body."""'] if self._chance.random() < 0.3 else []
        for _ in range(calls):
            found += self._map() if self._chance.random() < 0.3 else self._call()
        found += self._order()
        if not self._unused:
            return [*found, "return"] if found else ["pass"]
        self.outputs = tuple(self._unused.values())
        return [*found, f"return {', '.join(self._unused)}"]

    def _order(self) -> list[str]:
        if len(self._ordered) < 2 or self._chance.random() > 0.6:
            return []
        first, second = self._ordered[:2]
        self._use_up(first)
        self._use_up(second)
        return [self._chance.choice([f"{first} >> {second}", f"{first}.runs_before({second})"])]

    def _call(self) -> list[str]:
        callees = self._callable()
        if not callees:
            return []
        callee = self._chance.choice(callees)
        made = self._arguments(callee)
        if made is None:
            return []
        name, given, turns = made
        varied = [at for at, text in enumerate(given) if text.partition("=")[0] in turns]
        if varied and callee.gives_one and not any("(" in each for each in given) and self._chance.random() < 0.5:
            at = self._chance.choice(varied)
            place = given[at].partition("=")[0]
            turned = [*given[:at], f"{place}={turns[place]}", *given[at + 1 :]]
            if (callee.name, *turned) not in self._made:
                self._made.add((callee.name, *turned))
                return self._looped(name, turned, callee)
        if given and re.match(r"\w+=[^=]", given[0]) and self._chance.random() < 0.1:
            return self._bound(self._through(name, given, callee), callee)
        if callee.gives_one and all(re.match(r"\w+=[^=]", each) for each in given) and self._chance.random() < 0.12:
            return self._node(name, given, callee)
        lines = self._bound(self._written(name, given) + self._overrides(callee), callee)
        if self._chance.random() < 0.15:
            test = self._chance.choice(["len('ab') == 2", "not []", "3 in (1, 2, 3) and True"])
            return [f"if {test}:", *(f"    {line}" for line in lines)]
        return lines

    def _callable(self) -> list[Callable]:
        """What can be called with what there is."""
        kinds = {kind for _, kind in self._values}
        return [
            callee
            for callee in self._module.callables
            if all(each.kind not in UNWRITABLE or each.kind in kinds for each in callee.inputs)
        ]

    def _arguments(self, callee: Callable, *, nested: bool = False) -> tuple[str, list[str], dict[str, str]] | None:
        """The name of a callee, the texts of its arguments, and what may vary; nothing where the same call stands there already."""
        found = [self._argument(each, whole=not callee.is_task, nested=nested) for each in callee.inputs]
        identity = (callee.name, *(key for _, key in found))
        if identity in self._made:
            return None
        self._made.add(identity)
        given: list[str] = []
        positional = self._chance.random() < 0.2
        for each, (text, key) in zip(callee.inputs, found, strict=True):
            if each.default is not None and key == repr(each.default.value) and self._chance.random() < 0.7:
                positional = False
                continue
            given.append(text if positional else f"{each.name}={text}")
        name = self._module.use(callee.name)
        self.body.callees[name] = callee
        turns = {
            each.name: _TURNS[each.kind]
            for each, (_, key) in zip(callee.inputs, found, strict=True)
            if each.kind in _TURNS and not key.startswith("promise")
        }
        return name, given, turns

    def _through(self, name: str, given: list[str], callee: Callable) -> str:
        """A call by way of a plain function of the module, which the workflow calls."""
        function = f"through_{callee.name}_{self._module.length}_{len(self.before)}"
        first, _, value = given[0].partition("=")
        self.before += [
            "",
            "",
            f"def {function}(first_of_it, *, rounds_of_it=1, **others):",
            f'    """Calls `{callee.name}`."""',
        ]
        self.before += ["    for _ in range(rounds_of_it):", f"        made = {name}({first}=first_of_it, **others)"]
        self.before.append("    return made")
        return f"{function}({', '.join([value, *given[1:]])})"

    def _node(self, name: str, given: list[str], callee: Callable) -> list[str]:
        """A call in flytekit's older form, whose result is an attribute."""
        made = self._next()
        self._new(f"{made}.o0", callee.outputs[0])
        return [f"{made} = {self._module.use('create_node')}({', '.join([name, *given])})"]

    def _looped(self, name: str, given: list[str], callee: Callable) -> list[str]:
        """A call in a loop or a comprehension, each time with another number; its results stand in a list that the body builds."""
        made, kind = self._next(), f"list[{callee.outputs[0]}]"
        call = f"{name}({', '.join(given)}){self._overrides(callee)}"
        self._unused[made] = kind
        self._values.append((made, kind))
        form = self._chance.randrange(3)
        if form == 0:
            return [f"{made} = [{call} for turn in range(2)]"]
        if form == 1:
            return [
                f"{made} = []",
                "for turn in range(3):",
                "    if turn == 1:",
                "        continue",
                f"    {made}.append({call})",
            ]
        return [f"{made} = []", "for turn in sorted({'b': 4, 'a': 3}.values()):", f"    {made} += [{call}]"]

    def _written(self, name: str, given: list[str]) -> str:
        if len(given) > 1 and self._chance.random() < 0.2:
            inner = "".join(f"        {each},\n" for each in given)
            return f"{name}(\n{inner}    )"
        return f"{name}({', '.join(given)})"

    def _bound(self, call: str, callee: Callable) -> list[str]:
        if not callee.outputs:
            return [call]
        made = self._next()
        names = [f"{made}{letter}" for letter in "abcdef"[: len(callee.outputs)]]
        if len(names) == 1:
            self._ordered.append(names[0])
        if callee.is_task and callee.outputs == ("Report",):
            return self._named(names[0], call)
        while len(names) < len(callee.outputs):
            names.append(f"{made}_{len(names)}")
        if not callee.is_task:
            self._unmapped.update(names)
        for name, kind in zip(names, callee.outputs, strict=True):
            self._new(name, kind)
        return [f"{', '.join(names)} = {call}"]

    def _named(self, name: str, call: str) -> list[str]:
        """Several outputs with names: they are read one by one, or unpacked."""
        fields = RECORDS["Report"]
        if self._chance.random() < 0.4:
            for field_name, kind in fields.items():
                self._new(f"{name}_{field_name}", kind)
            self._ordered.pop()
            return [f"{', '.join(f'{name}_{each}' for each in fields)} = {call}"]
        added = parts(name, "Report")
        self._values += added
        self.body.kinds.update(added)
        self._unused[f"{name}.count"] = "int"
        return [f"{name} = {call}"]

    def _next(self) -> str:
        self._count += 1
        return f"v{self._count}"

    def _use_up(self, text: str) -> None:
        """Take a value, whole or a part of it, from those that nothing takes."""
        for unused in [name for name in self._unused if root(name) == root(text)]:
            del self._unused[unused]

    def _known(self, name: str, kind: str) -> None:
        added = [(name, kind), *parts(name, kind)]
        self._values += added
        self.body.kinds.update(added)

    def _new(self, name: str, kind: str) -> None:
        self._unused[name] = kind
        self._known(name, kind)

    def _argument(self, wanted: Parameter, *, whole: bool = False, nested: bool = False) -> tuple[str, str]:
        """Text of an argument, and what tells it from others; ``whole`` leaves lists alone that a map could not run over."""
        fitting = [text for text, kind in self._values if fits(kind, wanted.kind)]
        if whole and element(wanted.kind):
            fitting = [text for text in fitting if text == root(text)]
        if fitting and (wanted.kind in UNWRITABLE or self._chance.random() < 0.6):
            fresh = [text for text in fitting if text in self._unused]
            text = self._chance.choice(fresh if fresh and self._chance.random() < 0.5 else fitting)
            self._use_up(text)
            return text, f"promise {text}"
        if not nested and self._chance.random() < 0.15 and (call := self._inner(wanted.kind)):
            return call, f"promise {call}"
        if self._chance.random() < 0.5 and (built := self._built(wanted.kind, whole=whole)):
            return built, f"promise {built}"
        static = (
            wanted.default if wanted.default is not None and self._chance.random() < 0.5 else literal(wanted.kind, self._chance)
        )
        return self._module.static(static), repr(static.value)

    def _inner(self, kind: str) -> str:
        """A call within an argument; nothing where no task gives the kind."""
        callees = [each for each in self._callable() if each.gives_one and fits(each.outputs[0], kind)]
        made = self._arguments(self._chance.choice(callees), nested=True) if callees else None
        return f"{made[0]}({', '.join(made[1])})" if made else ""

    def _built(self, kind: str, *, whole: bool) -> str:
        """A list, dict, tuple or record with results in it; nothing for other kinds."""
        if of := element(kind):
            items = [text for text, held in self._values if fits(held, of)]
            chosen = self._chance.choices(items, k=2) if items else []
            for text in chosen:
                self._use_up(text)
            return f"[{', '.join(chosen)}]" if chosen else ""
        part = lambda name, of: self._argument(Parameter(name, of), whole=whole, nested=True)[0]  # noqa: E731
        if held := arguments(kind, "dict"):
            return f'{{"low": {part("low", held[1])}, "high": {part("high", held[1])}}}'
        if held := arguments(kind, "tuple"):
            return f"({', '.join(part(of, of) for of in held)})"
        fields = {name: part(name, of) for name, of in RECORDS.get(kind, {}).items()}
        return self._module.static(Spelled(constructed(kind, fields, self._chance), None)) if fields else ""

    def _map(self) -> list[str]:
        """A task over a list, or several side by side: each of its other inputs is bound by ``partial``."""
        targets = [
            (callee, each) for callee in self._callable() if callee.gives_one for each in callee.inputs if self._lists(each.kind)
        ]
        if not targets:
            return self._call()
        callee, over = self._chance.choice(targets)
        source = self._chance.choice(self._lists(over.kind))
        lists = {over.name: source}
        for each in callee.inputs:  # lists of different lengths would be a mistake: the same one side by side
            if each.name not in lists and source in self._lists(each.kind) and self._chance.random() < 0.5:
                lists[each.name] = source
        others = [(each, self._argument(each)) for each in callee.inputs if each.name not in lists]
        identity = ("map", callee.name, *sorted(lists), source, *(key for _, (_, key) in others))
        if identity in self._made:
            return []
        self._made.add(identity)
        self._use_up(source)
        name = self._module.use(callee.name)
        self.body.callees[name] = callee
        bound = "".join(f", {each.name}={text}" for each, (text, _) in others)
        function = f"{self._module.use('partial')}({name}{bound})" if bound else name
        losing = "list" not in callee.outputs[0] and not arguments(callee.outputs[0], "Optional") and self._chance.random() < 0.2
        options = self._map_options(losing=losing)
        made = self._next()
        kind = f"list[Optional[{callee.outputs[0]}]]" if losing else f"list[{callee.outputs[0]}]"
        self._unmapped.add(made)
        self._new(made, kind)
        mapped = f"{self._module.use('map_task')}({function}{options})"
        if not bound and self._chance.random() < 0.15:
            self.before += ["", "", f"mapped_{made}_{self._module.length} = {mapped}"]
            mapped = f"mapped_{made}_{self._module.length}"
        return [f"{made} = {mapped}({', '.join(f'{each}={source}' for each in lists)})"]

    def _map_options(self, *, losing: bool) -> str:
        ratio = self._chance.choice([", min_success_ratio=0.5", ", min_successes=1"]) if losing else ""
        metadata = f", metadata={self._module.use('TaskMetadata')}(retries=2)" if self._chance.random() < 0.1 else ""
        return ratio + self._chance.choice(["", "", ", concurrency=4"]) + metadata

    def _lists(self, kind: str) -> list[str]:
        """What a map over an input of this kind can run over: no part of what no pod knows the length of in time."""
        return [
            text
            for text, of in self._values
            if element(of) and fits(element(of), kind) and (text == root(text) or root(text) not in self._unmapped)
        ]

    def _overrides(self, callee: Callable) -> str:
        if not callee.is_task or self._chance.random() > 0.15:
            return ""
        resources = self._module.use("Resources")
        limits = f'limits={resources}(mem="2Gi", cpu="3")'
        return f".with_overrides({self._chance.choice(['retries=1', limits, 'interruptible=False'])})"
