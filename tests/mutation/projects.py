"""Random projects that are correct: several modules, tasks of many types, and workflows that use what the language has.

The same seed gives the same bytes. What a project holds is recorded beside its text, so that a mutator knows what it breaks.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from functools import lru_cache

from mutation.flows import Body, Callable, Flow, Parameter
from mutation.kinds import COMMON, LISTS, THEMES, UNWRITABLE, Spelled, arguments, element, literal
from mutation.modules import Homes, Module
from mutation.policies import body_lines, keywords
from mutation.records import CLASSES, class_lines
from mutation.vocabulary import CONSTANTS, NOUNS, PLACES, VERBS


@dataclass(frozen=True)
class Generated:
    """A project: its files by path, and what it was made from."""

    sources: dict[str, str]
    callables: tuple[Callable, ...]
    bodies: tuple[Body, ...]
    paths: dict[str, str]
    """Paths by module name."""


@lru_cache(maxsize=300)
def generate(seed: int) -> Generated:
    """The project of a seed; whoever plants a mistake does so in a copy."""
    return _Generator(random.Random(f"project {seed}")).project()


@dataclass(frozen=True)
class _Surroundings:
    """What the body of a workflow sees of the project."""

    module: Module
    callables: list[Callable]

    @property
    def length(self) -> int:
        return len(self.module.lines)

    def use(self, symbol: str) -> str:
        return self.module.use(symbol)

    def static(self, spelled: Spelled) -> str:
        return self.module.static(spelled)


class _Generator:
    """One project."""

    def __init__(self, chance: random.Random) -> None:
        self._chance = chance
        self._used: set[str] = set()
        self._package = chance.choice(["", "shop", "shop.core"])
        self._homes = Homes(chance.choice(["flytekit", "dagwright"]))
        self._kinds = list(dict.fromkeys([*COMMON, *(kind for theme in chance.sample(THEMES, 3) for kind in theme)]))
        self._modules: dict[str, Module] = {}
        self._bodies: list[Body] = []
        self._callables: list[Callable] = []

    def project(self) -> Generated:
        chance = self._chance
        self._constants()
        self._classes()
        tasks = [self._module(name) for name in chance.sample(("steps", "loading", "scoring"), chance.randint(1, 3))]
        for module in tasks:
            for _ in range(chance.randint(3, 5)):
                self._task(module)
        if chance.random() < 0.6:
            inner = self._module("parts_of_it")
            for _ in range(chance.randint(1, 2)):
                self._workflow(inner, self._name(), calls=chance.randint(1, 4))
        flow = self._module("flow", inside=chance.random() < 0.5)
        self._task(flow)
        self._workflow(flow, "main", calls=chance.randint(6, 12))
        sources = {module.path: module.text() for module in self._modules.values()}
        sources |= self._packages()
        paths = {module.name: module.path for module in self._modules.values()}
        return Generated(dict(sorted(sources.items())), tuple(self._callables), tuple(self._bodies), paths)

    def _module(self, stem: str, *, inside: bool = True) -> Module:
        chance = self._chance
        name = f"{self._package}.{stem}" if self._package and inside else stem
        path = name.replace(".", "/") + ".py"
        made = Module(name, path, self._homes, chance, future=chance.random() < 0.3, modern=chance.random() < 0.6)
        self._modules[name] = made
        return made

    def _packages(self) -> dict[str, str]:
        """``__init__`` files, one of which gives names on."""
        found: dict[str, str] = {}
        if not self._package:
            return found
        folders = ["shop", *(["shop/core"] if self._package == "shop.core" else [])]
        for folder in folders:
            found[f"{folder}/__init__.py"] = '"""A package."""\n'
        own = folders[-1]
        homes = self._homes.modules
        lines = [f"from .{homes[name].rpartition('.')[2]} import {name}" for name in dict.fromkeys(self._homes.exports)]
        found[f"{own}/__init__.py"] = "\n".join(['"""A package that gives names on."""', *lines, ""])
        return found

    def _constants(self) -> None:
        module = self._module("constants")
        for name, (_, definition, _) in CONSTANTS.items():
            module.lines.append(f"{name} = {module.static(Spelled(definition, None))}")
            self._homes.modules[name] = module.name
        if self._chance.random() < 0.5:
            module.lines.append(f"__all__ = {list(CONSTANTS)}")

    def _classes(self) -> None:
        module = self._module("records")
        self._homes.modules.update(dict.fromkeys(CLASSES, module.name))
        module.lines += class_lines(module.annotation, module.use, self._chance)

    def _name(self) -> str:
        while True:
            name = f"{self._chance.choice(VERBS)}_{self._chance.choice(NOUNS)}"
            if name not in self._used:
                self._used.add(name)
                return name

    def _task(self, module: Module) -> None:
        chance = self._chance
        kinds = chance.choices(self._kinds, k=chance.randint(0, 3))
        names = chance.sample(PLACES, len(kinds))
        with_default = [not element(kind) and kind not in UNWRITABLE and chance.random() < 0.3 for kind in kinds]
        order = sorted(range(len(kinds)), key=lambda index: with_default[index])
        inputs = tuple(
            Parameter(names[index], kinds[index], literal(kinds[index], chance) if with_default[index] else None)
            for index in order
        )
        single = [kind for kind in self._kinds if not arguments(kind, "tuple")]  # a tuple is several outputs
        outputs = tuple(chance.choices(single, k=chance.choice([1, 1, 1, 1, 2, 0])))
        made = Callable(self._name(), module.name, inputs, outputs)
        policy, secret = keywords(inputs[0].name if inputs else "", module.use, chance)
        task = module.use("task")
        waiting = "async " if chance.random() < 0.05 else ""
        module.lines += ["", "", f"@{task}({', '.join(policy)})" if policy or chance.random() < 0.2 else f"@{task}"]
        module.lines.append(f"{waiting}def {made.name}({self._parameters(inputs, module)}){self._arrow(outputs, module)}:")
        module.lines += [f"    {line}" for line in body_lines(module.use, chance, secret=secret)]
        module.lines.append(f"    return {', '.join(self._returned(kind, module) for kind in outputs)}".rstrip())
        self._homes.modules[made.name] = module.name
        self._callables.append(made)

    def _returned(self, kind: str, module: Module) -> str:
        return f"{module.use('pandas')}.DataFrame()" if kind == "Frame" else module.static(literal(kind, self._chance))

    def _parameters(self, inputs: tuple[Parameter, ...], module: Module) -> str:
        return ", ".join(
            f"{each.name}: {module.annotation(each.kind)}" + (f" = {module.static(each.default)}" if each.default else "")
            for each in inputs
        )

    def _arrow(self, outputs: tuple[str, ...], module: Module) -> str:
        if not outputs:
            return self._chance.choice(["", " -> None"])
        spelled = [module.annotation(kind) for kind in outputs]
        if len(spelled) == 1:
            return f" -> {spelled[0]}"
        return f" -> {'tuple' if module.modern else module.use('Tuple')}[{', '.join(spelled)}]"

    def _workflow(self, module: Module, name: str, *, calls: int) -> None:
        chance = self._chance
        kinds = chance.choices([kind for kind in self._kinds if not element(kind)], k=chance.randint(1, 3))
        kinds += chance.choices(LISTS, k=1)
        names = [f"{name}_in" for name in chance.sample(PLACES, len(kinds))]
        inputs = tuple(Parameter(each, kind) for each, kind in zip(names, kinds, strict=True))
        made = Callable(name, module.name, inputs, (), is_task=False)
        flow = Flow(_Surroundings(module, self._callables), Body(made, module.path), chance)
        lines = flow.lines(calls)
        finished = Callable(name, module.name, inputs, flow.outputs, is_task=False)
        module.lines += [*flow.before, "", "", f"@{module.use('workflow')}"]
        module.lines.append(f"def {name}({self._parameters(inputs, module)}){self._arrow(finished.outputs, module)}:")
        module.lines += [f"    {line}" for line in lines]
        self._homes.modules[name] = module.name
        self._callables.append(finished)
        self._bodies.append(Body(finished, module.path, flow.body.kinds, flow.body.callees))
