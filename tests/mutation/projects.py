"""Random projects that are correct: several modules, tasks of many types, and workflows that use what the language has.

The same seed gives the same bytes. What a project holds is recorded beside its text, so that a mutator knows what it breaks.
"""

from __future__ import annotations

import random
import re
from dataclasses import dataclass, field
from typing import NamedTuple

from mutation.vocabulary import CONSTANTS, FIELDS, KINDS, LISTS, MEMBERS, NOUNS, PLACES, VERBS, Spelled, fits, literal, parts

OUTSIDE = {
    **dict.fromkeys(("task", "workflow", "map_task", "Resources"), "flytekit"),
    **dict.fromkeys(("List", "Dict", "Optional", "Tuple", "NamedTuple"), "typing"),
    "dataclass": "dataclasses",
    "Enum": "enum",
    "partial": "functools",
    "datetime": "datetime",
    "timedelta": "datetime",
}
"""Names from outside the project; those of flytekit come from ``dagwright`` in half of the projects."""
_TURNS = {"int": "turn", "float": "turn + 0.5", "str": 'f"turn {turn}"'}
"""What an argument is that differs in each turn of a loop."""
_SYMBOL = re.compile(r"\$(\w+)")


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


@dataclass
class Text:
    """A module on its way to its text. ``name`` is dotted."""

    name: str
    path: str
    future: bool = False
    modern: bool = True
    imports: dict[str, None] = field(default_factory=dict)
    spelled: dict[str, str] = field(default_factory=dict)
    lines: list[str] = field(default_factory=list)

    def text(self) -> str:
        future = ["from __future__ import annotations", ""] if self.future else []
        return "\n".join([f'"""The module {self.name}."""', "", *future, *self.imports, "", *self.lines, ""])


@dataclass(frozen=True)
class Body:
    """What the body of one workflow holds, by the text of its expressions."""

    workflow: Callable
    path: str
    kinds: dict[str, str] = field(default_factory=dict)
    """Promises by their text, with their kinds; inputs included."""
    callees: dict[str, Callable] = field(default_factory=dict)
    """What names in the body call."""


@dataclass(frozen=True)
class Generated:
    """A project: its files by path, and what it was made from."""

    sources: dict[str, str]
    callables: tuple[Callable, ...]
    bodies: tuple[Body, ...]
    paths: dict[str, str]
    """Paths by module name."""


def generate(seed: int) -> Generated:
    """The project of a seed."""
    return _Generator(random.Random(f"project {seed}")).project()


class _Generator:
    """One project."""

    def __init__(self, chance: random.Random) -> None:
        self._chance = chance
        self._used: set[str] = set()
        self._package = chance.choice(["", "shop", "shop.core"])
        self._ours = chance.choice(["flytekit", "dagwright"])
        self._homes: dict[str, str] = {}
        self._exports: list[str] = []
        self._texts: dict[str, Text] = {}
        self._bodies: list[Body] = []
        self._callables: list[Callable] = []

    def project(self) -> Generated:
        chance = self._chance
        self._constants()
        self._classes()
        tasks = [self._text(name) for name in chance.sample(("steps", "loading", "scoring"), chance.randint(1, 3))]
        for text in tasks:
            for _ in range(chance.randint(3, 5)):
                self._task(text)
        if chance.random() < 0.6:
            inner = self._text("parts_of_it")
            for _ in range(chance.randint(1, 2)):
                self._workflow(inner, self._name(), calls=chance.randint(1, 4))
        flow = self._text("flow", inside=chance.random() < 0.5)
        self._task(flow)
        self._workflow(flow, "main", calls=chance.randint(6, 12))
        sources = {text.path: text.text() for text in self._texts.values()}
        sources |= self._packages()
        paths = {text.name: text.path for text in self._texts.values()}
        return Generated(dict(sorted(sources.items())), tuple(self._callables), tuple(self._bodies), paths)

    def _text(self, stem: str, *, inside: bool = True) -> Text:
        name = f"{self._package}.{stem}" if self._package and inside else stem
        text = Text(name, name.replace(".", "/") + ".py", future=self._chance.random() < 0.3, modern=self._chance.random() < 0.6)
        self._texts[name] = text
        return text

    def _packages(self) -> dict[str, str]:
        """``__init__`` files, one of which gives names on."""
        found: dict[str, str] = {}
        if not self._package:
            return found
        folders = ["shop", *(["shop/core"] if self._package == "shop.core" else [])]
        for folder in folders:
            found[f"{folder}/__init__.py"] = '"""A package."""\n'
        own = folders[-1]
        lines = [f"from .{self._homes[name].rpartition('.')[2]} import {name}" for name in dict.fromkeys(self._exports)]
        found[f"{own}/__init__.py"] = "\n".join(['"""A package that gives names on."""', *lines, ""])
        return found

    def _constants(self) -> None:
        text = self._text("constants")
        for name, (_, definition, _) in CONSTANTS.items():
            called = next((symbol for symbol in ("timedelta", "Resources") if definition.startswith(symbol)), "")
            text.lines.append(f"{name} = {self._use(called, text) + definition[len(called) :] if called else definition}")
            self._homes[name] = text.name
        if self._chance.random() < 0.5:
            text.lines.append(f"__all__ = {list(CONSTANTS)}")

    def _classes(self) -> None:
        text = self._text("records")
        spell = self._annotation
        text.lines += [f"@{self._use('dataclass', text)}", "class Settings:"]
        text.lines += [
            f"    rate: {spell('float', text)}",
            f"    label: {spell('str', text)}",
            f"    sizes: {spell('list[int]', text)}",
        ]
        text.lines += [
            "",
            "",
            f"class Level({self._use('Enum', text)}):",
            *(f'    {name} = "{name.lower()}"' for name in MEMBERS),
        ]
        if self._chance.random() < 0.5:
            text.lines += ["", "", f"class Report({self._use('NamedTuple', text)}):", "    count: int", "    title: str"]
        else:
            text.lines += ["", "", f'Report = {self._use("NamedTuple", text)}("Report", [("count", int), ("title", str)])']
        self._homes.update(dict.fromkeys(("Settings", "Level", "Report"), text.name))

    def _name(self) -> str:
        while True:
            name = f"{self._chance.choice(VERBS)}_{self._chance.choice(NOUNS)}"
            if name not in self._used:
                self._used.add(name)
                return name

    def _use(self, symbol: str, text: Text) -> str:
        """How a module spells a symbol; imports it on first use."""
        found = text.spelled.get(symbol)
        if found is None:
            home = OUTSIDE.get(symbol) or self._homes[symbol]
            found = text.spelled[symbol] = symbol if home == text.name else self._import(symbol, home, text)
        return found

    def _import(self, symbol: str, home: str, text: Text) -> str:
        chance = self._chance
        if symbol in OUTSIDE:
            home = self._ours if home == "flytekit" else home
            short = {"flytekit": "fl", "dagwright": "dw"}.get(home)
            forms = [(f"from {home} import {symbol}", symbol)] * 2 + [(f"from {home} import {symbol} as {symbol}_", f"{symbol}_")]
            forms += [(f"import {home} as {short}", f"{short}.{symbol}")] if short else []
        else:
            package, _, stem = home.rpartition(".")
            forms = [(f"from {home} import {symbol}", symbol)] * 2 + [(f"import {home}", f"{home}.{symbol}")]
            forms += [
                (f"from {home} import {symbol} as the_{symbol}", f"the_{symbol}"),
                (f"import {home} as m_{stem}", f"m_{stem}.{symbol}"),
            ]
            if symbol in CONSTANTS:
                forms.append((f"from {home} import *", symbol))
            if package:
                forms.append((f"from {package} import {stem}", f"{stem}.{symbol}"))
            if package and text.name.rpartition(".")[0] == package:
                forms += [(f"from .{stem} import {symbol}", symbol), (f"from . import {stem}", f"{stem}.{symbol}")] * 2
            elif package:
                forms.append((f"from {package} import {symbol}", symbol))
        statement, spelled = chance.choice(forms)
        if statement == f"from {home.rpartition('.')[0]} import {symbol}" and symbol not in OUTSIDE:
            self._exports.append(symbol)
        text.imports[statement] = None
        return spelled

    def _static(self, spelled: Spelled, text: Text) -> str:
        """A static expression as a module writes it."""
        return _SYMBOL.sub(lambda match: self._use(match.group(1), text), spelled.text)

    def _annotation(self, kind: str, text: Text) -> str:
        spelled = self._bare(kind, text)
        return f'"{spelled}"' if self._chance.random() < 0.1 else spelled

    def _bare(self, kind: str, text: Text) -> str:
        if kind in ("Settings", "Level", "Report", "datetime"):
            spelled = self._use(kind, text)
        elif kind.startswith("list["):
            spelled = f"{'list' if text.modern else self._use('List', text)}[{self._bare(kind[5:-1], text)}]"
        elif kind.startswith("dict[") and not text.modern:
            spelled = f"{self._use('Dict', text)}[str, int]"
        elif kind == "Optional[str]":
            spelled = "str | None" if text.modern else f"{self._use('Optional', text)}[str]"
        else:
            spelled = kind
        return spelled

    def _task(self, text: Text) -> None:
        chance = self._chance
        kinds = chance.choices(KINDS, k=chance.randint(0, 3))
        names = chance.sample(PLACES, len(kinds))
        with_default = [kind not in LISTS and chance.random() < 0.3 for kind in kinds]
        order = sorted(range(len(kinds)), key=lambda index: with_default[index])
        inputs = tuple(
            Parameter(names[index], kinds[index], literal(kinds[index], chance) if with_default[index] else None)
            for index in order
        )
        outputs = tuple(chance.choices(KINDS, k=chance.choice([1, 1, 1, 1, 2, 0])))
        made = Callable(self._name(), text.name, inputs, outputs)
        keywords = self._policy(made, text)
        task = self._use("task", text)
        text.lines += ["", "", f"@{task}({', '.join(keywords)})" if keywords or chance.random() < 0.2 else f"@{task}"]
        text.lines.append(f"def {made.name}({self._parameters(inputs, text)}){self._arrow(outputs, text)}:")
        text.lines.append(f"    return {', '.join(self._static(literal(kind, chance), text) for kind in outputs)}".rstrip())
        self._homes[made.name] = text.name
        self._callables.append(made)

    def _parameters(self, inputs: tuple[Parameter, ...], text: Text) -> str:
        return ", ".join(
            f"{each.name}: {self._annotation(each.kind, text)}"
            + (f" = {self._static(each.default, text)}" if each.default else "")
            for each in inputs
        )

    def _arrow(self, outputs: tuple[str, ...], text: Text) -> str:
        if not outputs:
            return self._chance.choice(["", " -> None"])
        spelled = [self._annotation(kind, text) for kind in outputs]
        if len(spelled) == 1:
            return f" -> {spelled[0]}"
        return f" -> {'tuple' if text.modern else self._use('Tuple', text)}[{', '.join(spelled)}]"

    def _policy(self, made: Callable, text: Text) -> list[str]:
        chance = self._chance
        resources = self._use("Resources", text) if chance.random() < 0.4 else ""
        ignored = f', cache_ignore_input_vars=("{made.inputs[0].name}",)' if made.inputs and chance.random() < 0.4 else ""
        choices = [
            f'cache=True, cache_version="{chance.randint(1, 9)}"{ignored}' if chance.random() < 0.3 else "",
            chance.choice(["retries=3", f"retries={self._static(Spelled('$RETRIES', 2), text)}"])
            if chance.random() < 0.3
            else "",
            f"timeout={self._static(Spelled('$WAIT', 0), text)}" if chance.random() < 0.2 else "",
            f"container_image={self._static(Spelled('$IMAGE', 0), text)}" if chance.random() < 0.2 else "",
            f'requests={resources}(cpu="1", mem="500Mi")' if resources else "",
            f'limits={resources}(cpu="2", mem="1Gi")' if resources and chance.random() < 0.5 else "",
            'environment={"MODE": "fast"}' if chance.random() < 0.1 else "",
            "interruptible=True" if chance.random() < 0.1 else "",
        ]
        return [choice for choice in choices if choice]

    def _workflow(self, text: Text, name: str, *, calls: int) -> None:
        chance = self._chance
        kinds = chance.choices([kind for kind in KINDS if kind not in LISTS], k=chance.randint(1, 3)) + chance.choices(LISTS, k=1)
        names = [f"{name}_in" for name in chance.sample(PLACES, len(kinds))]
        inputs = tuple(Parameter(each, kind) for each, kind in zip(names, kinds, strict=True))
        made = Callable(name, text.name, inputs, (), is_task=False)
        writer = _Workflow(self, text, Body(made, text.path), chance)
        lines = writer.lines(calls)
        finished = Callable(name, text.name, inputs, writer.outputs, is_task=False)
        text.lines += [*writer.functions, "", "", f"@{self._use('workflow', text)}"]
        text.lines.append(f"def {name}({self._parameters(inputs, text)}){self._arrow(finished.outputs, text)}:")
        text.lines += [f"    {line}" for line in lines]
        self._homes[name] = text.name
        self._callables.append(finished)
        self._bodies.append(Body(finished, text.path, writer.body.kinds, writer.body.callees))


class _Workflow:
    """The body of one workflow."""

    def __init__(self, generator: _Generator, text: Text, body: Body, chance: random.Random) -> None:
        self._generator = generator
        self._text = text
        self._chance = chance
        self.body = body
        self._values: list[tuple[str, str]] = [(each.name, each.kind) for each in body.workflow.inputs]
        self._unused: dict[str, str] = {}
        self._made: set[tuple[str, ...]] = set()
        self._ordered: list[str] = []
        self._count = 0
        self.outputs: tuple[str, ...] = ()
        self.functions: list[str] = []
        """Plain functions that the body calls, as lines of the module."""
        for name, kind in list(self._values):
            self._values += parts(name, kind)
        body.kinds.update(self._values)

    def lines(self, calls: int) -> list[str]:
        """Statements, the last of which returns what nothing took."""
        found: list[str] = ['"""A body."""'] if self._chance.random() < 0.3 else []
        for _ in range(calls):
            found += self._map() if self._chance.random() < 0.3 else self._call()
        if len(self._ordered) > 1 and self._chance.random() < 0.6:
            found.append(" >> ".join(self._ordered[:2]))
            for name in self._ordered[:2]:
                self._use_up(name)
        if not self._unused:
            return [*found, "return"] if found else ["pass"]
        self.outputs = tuple(self._unused.values())
        return [*found, f"return {', '.join(self._unused)}"]

    def _call(self) -> list[str]:
        callee = self._chance.choice(self._generator._callables)
        arguments = [self._argument(each, whole=not callee.is_task) for each in callee.inputs]
        identity = (callee.name, *(key for _, key in arguments))
        if identity in self._made:
            return []
        self._made.add(identity)
        given: list[str] = []
        positional = self._chance.random() < 0.2
        for each, (text, key) in zip(callee.inputs, arguments, strict=True):
            if each.default is not None and key == repr(each.default.value) and self._chance.random() < 0.7:
                positional = False
                continue
            given.append(text if positional else f"{each.name}={text}")
        name = self._generator._use(callee.name, self._text)
        self.body.callees[name] = callee
        turns = {
            each.name: _TURNS[each.kind]
            for each, (_, key) in zip(callee.inputs, arguments, strict=True)
            if each.kind in _TURNS and not key.startswith("promise")
        }
        varied = [at for at, text in enumerate(given) if text.partition("=")[0] in turns]
        if (
            varied
            and callee.is_task
            and len(callee.outputs) == 1
            and callee.outputs != ("Report",)
            and self._chance.random() < 0.9
        ):
            at = self._chance.choice(varied)
            place = given[at].partition("=")[0]
            return self._looped(name, [*given[:at], f"{place}={turns[place]}", *given[at + 1 :]], callee)
        if given and re.match(r"\w+=[^=]", given[0]) and self._chance.random() < 0.1:
            return self._bound(self._through(name, given, callee), callee)
        lines = self._bound(self._written(name, given) + self._overrides(callee), callee)
        if self._chance.random() < 0.15:
            test = self._chance.choice(["len('ab') == 2", "not []", "3 in (1, 2, 3) and True"])
            return [f"if {test}:", *(f"    {line}" for line in lines)]
        return lines

    def _through(self, name: str, given: list[str], callee: Callable) -> str:
        """A call by way of a plain function of the module, which the workflow calls."""
        function = f"through_{callee.name}_{len(self._text.lines)}_{len(self.functions)}"
        first, _, value = given[0].partition("=")
        self.functions += [
            "",
            "",
            f"def {function}(first_of_it, *, rounds_of_it=1, **others):",
            f'    """Calls `{callee.name}`."""',
        ]
        self.functions += ["    for _ in range(rounds_of_it):", f"        made = {name}({first}=first_of_it, **others)"]
        self.functions.append("    return made")
        return f"{function}({', '.join([value, *given[1:]])})"

    def _looped(self, name: str, given: list[str], callee: Callable) -> list[str]:
        """A call in a loop or a comprehension, each time with another number; its results stand in a list that the body builds."""
        self._count += 1
        made, kind = f"v{self._count}", f"list[{callee.outputs[0]}]"
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
        self._count += 1
        names = [f"v{self._count}{letter}" for letter in "abcdef"[: len(callee.outputs)]]
        if len(names) == 1:
            self._ordered.append(names[0])
        if callee.is_task and callee.outputs == ("Report",):
            return self._named(names[0], call)
        while len(names) < len(callee.outputs):
            names.append(f"v{self._count}_{len(names)}")
        for name, kind in zip(names, callee.outputs, strict=True):
            self._new(name, kind)
        return [f"{', '.join(names)} = {call}"]

    def _named(self, name: str, call: str) -> list[str]:
        """Several outputs with names: they are read one by one, or unpacked."""
        fields = FIELDS["Report"]
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

    def _use_up(self, text: str) -> None:
        """Take a value, whole or a part of it, from those that nothing takes."""
        whole = text.partition(".")[0]
        for unused in [name for name in self._unused if name.partition(".")[0] == whole]:
            del self._unused[unused]

    def _new(self, name: str, kind: str) -> None:
        self._unused[name] = kind
        added = [(name, kind), *parts(name, kind)]
        self._values += added
        self.body.kinds.update(added)

    def _argument(self, wanted: Parameter, *, whole: bool = False) -> tuple[str, str]:
        """Text of an argument, and what tells it from others; ``whole`` leaves lists alone that a map could not run over."""
        fitting = [(text, kind) for text, kind in self._values if fits(kind, wanted.kind)]
        if whole and wanted.kind in LISTS:
            fitting = [(text, kind) for text, kind in fitting if "." not in text]
        if fitting and self._chance.random() < 0.75:
            text, _ = self._chance.choice(fitting)
            self._use_up(text)
            return text, f"promise {text}"
        inner = wanted.kind[5:-1] if wanted.kind in LISTS else ""
        items = [text for text, kind in self._values if inner and fits(kind, inner)]
        if items and self._chance.random() < 0.5:
            chosen = self._chance.choices(items, k=2)
            for text in chosen:
                self._use_up(text)
            return f"[{', '.join(chosen)}]", f"list {chosen}"
        static = (
            wanted.default if wanted.default is not None and self._chance.random() < 0.5 else literal(wanted.kind, self._chance)
        )
        return self._generator._static(static, self._text), repr(static.value)

    def _map(self) -> list[str]:
        """A task over a list: each of its other inputs is bound by ``partial``."""
        targets = [
            (callee, each)
            for callee in self._generator._callables
            if callee.is_task and len(callee.outputs) == 1 and callee.outputs != ("Report",)
            for each in callee.inputs
            if self._lists(each.kind)
        ]
        if not targets:
            return self._call()
        callee, over = self._chance.choice(targets)
        source = self._chance.choice(self._lists(over.kind))
        others = [(each, self._argument(each)) for each in callee.inputs if each != over]
        identity = ("map", callee.name, over.name, source, *(key for _, (_, key) in others))
        if identity in self._made:
            return []
        self._made.add(identity)
        self._use_up(source)
        name = self._generator._use(callee.name, self._text)
        self.body.callees[name] = callee
        bound = "".join(f", {each.name}={text}" for each, (text, _) in others)
        function = f"{self._generator._use('partial', self._text)}({name}{bound})" if bound else name
        concurrency = self._chance.choice(["", ", concurrency=4"])
        self._count += 1
        made = f"v{self._count}"
        mapper = self._generator._use("map_task", self._text)
        kind = f"list[{callee.outputs[0]}]"
        self._unused[made] = kind
        self._values.append((made, kind))
        self.body.kinds[made] = kind
        return [f"{made} = {mapper}({function}{concurrency})({over.name}={source})"]

    def _lists(self, kind: str) -> list[str]:
        """What a map over an input of this kind can run over: no part of an input, whose length no pod knows in time."""
        inputs = tuple(f"{each.name}." for each in self.body.workflow.inputs)
        return [text for text, of in self._values if of in LISTS and fits(of[5:-1], kind) and not text.startswith(inputs)]

    def _overrides(self, callee: Callable) -> str:
        if not callee.is_task or self._chance.random() > 0.15:
            return ""
        resources = self._generator._use("Resources", self._text)
        limits = f'limits={resources}(mem="2Gi", cpu="3")'
        return f".with_overrides({self._chance.choice(['retries=1', limits, 'interruptible=False'])})"
