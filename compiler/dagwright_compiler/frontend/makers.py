"""What makes a task or workflow of a function: our decorators, and what a project builds from them.

``task``, ``task(retries=3)``, ``functools.partial(task, retries=3)``, and functions of the project that only return one of these, or ``task(fn, ...)``
of their own argument. Each stands for one of our decorators and the keywords that it adds up to, each where it is written.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any, Literal

import msgspec

from dagwright_compiler.diagnostics import codes
from dagwright_compiler.diagnostics.model import Code
from dagwright_compiler.frontend.entities import Constant, Entity, External, FunctionEntity
from dagwright_compiler.frontend.factories import Factory, defaults, parameters, positional, read_form
from dagwright_compiler.frontend.findings import Place
from dagwright_compiler.frontend.options import Option, merged, options_of
from dagwright_compiler.source import Span

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from dagwright_compiler.frontend.known_values import StaticValue
    from dagwright_compiler.frontend.modules import Module
    from dagwright_compiler.frontend.resolution import Resolver
    from dagwright_compiler.frontend.static_values import Evaluator
    from dagwright_compiler.frontend.summary import FunctionNode

Kind = Literal["task", "workflow"]
_ONLY_RETURNS = "let it do nothing but return `task(...)`, or write `@task(...)` above each function"


class Maker(msgspec.Struct, frozen=True, eq=False):
    """A decorator of ours with keywords; ``takes`` says what it may be called with next."""

    kind: Kind
    options: tuple[Option, ...] = ()
    takes: Literal["function", "keywords", "either"] = "either"
    factory: Factory | None = None
    """The project's function that is to be called with keywords."""


class Unreadable(msgspec.Struct, frozen=True, eq=False):
    """Something that makes tasks in a way that is not read."""

    place: Place | Span
    message: str
    help: str = _ONLY_RETURNS
    code: Code = codes.UNREADABLE_DECORATOR


class Makers:
    """Finds the maker that an expression stands for; each name is followed once."""

    def __init__(self, resolver: Resolver, evaluator: Evaluator) -> None:
        self._resolver = resolver
        self._evaluator = evaluator
        self._factories: dict[int, Factory | Unreadable | None] = {}

    def of(self, node: ast.expr, module: Module, scope: Any = None) -> Maker | Unreadable | None:
        """The maker that an expression stands for; ``None`` for anything else."""
        if isinstance(node, ast.Call):
            return self._called(node, module, scope)
        return self.of_entity(self._resolver.expression(node, module))

    def of_entity(self, entity: Entity | None) -> Maker | Unreadable | None:
        """The maker that a name stands for; ``None`` for anything else."""
        if isinstance(entity, External):
            return Maker("task") if entity.symbol == "task" else Maker("workflow") if entity.symbol == "workflow" else None
        if isinstance(entity, Constant):
            return self.of(entity.value, entity.module) if isinstance(entity.value, ast.Call) else None
        if not isinstance(entity, FunctionEntity) or entity.made_by is not None or entity.node.decorator_list:
            return None
        found = self._factory(entity)
        if not isinstance(found, Factory):
            return found
        base = self._returned(found)
        if not isinstance(base, Maker):
            return base
        return Maker(base.kind, (), "either" if found.function else "keywords", found)

    def applied(self, node: ast.Call, module: Module) -> tuple[Maker | Unreadable, ast.expr] | None:
        """The maker and the function that ``task(function, retries=1)`` puts together; ``None`` for any other call."""
        if len(node.args) != 1 or not isinstance(node.args[0], ast.Name | ast.Attribute):
            return None
        maker = self.of(node.func, module)
        if maker is None or (isinstance(maker, Maker) and maker.takes == "keywords"):
            return None
        if isinstance(maker, Maker):
            maker = self.finished(maker, node.func, module, options_of(node.keywords, module))
        return maker, node.args[0]

    def finished(self, maker: Maker, node: ast.expr, module: Module, more: tuple[Option, ...] = ()) -> Maker | Unreadable:
        """A maker as it takes the function; ``more`` are keywords beside it."""
        if maker.takes == "keywords":
            message = f"`{ast.unparse(node)}` takes keywords before the function"
            return Unreadable(Place(module, node), message, f"write `@{ast.unparse(node)}()`", codes.WRONG_OPTION)
        options = (*maker.options, *more)
        if maker.factory is None:
            return Maker(maker.kind, merged(options), "function")
        return self._expanded(maker.factory, merged(options), Place(module, node))

    def _called(self, node: ast.Call, module: Module, scope: Any) -> Maker | Unreadable | None:
        entity = self._resolver.expression(node.func, module)
        if isinstance(entity, External) and entity.symbol == "functools.partial":
            return self._partial(node, module, scope)
        maker = self.of(node.func, module, scope)
        if not isinstance(maker, Maker):
            return maker
        name, factory = ast.unparse(node.func), maker.factory
        if maker.takes == "function" or (factory is None and node.args):
            if maker.takes != "function" or len(node.args) == 1:
                return None  # it is called with the function
            return Unreadable(Place(module, node), f"`{name}` takes the function next", "", codes.WRONG_OPTION)
        given = merged((*maker.options, *options_of(node.keywords, module, scope)))
        if factory is None:
            return Maker(maker.kind, given, "function")
        if factory.function and (node.args or not factory.has_keywords_first):
            if len(node.args) == 1:
                return None
            help_ = f"write `@functools.partial({name}, ...)`"
            return Unreadable(Place(module, node), f"`{name}` takes the function first", help_, codes.WRONG_OPTION)
        first = positional(factory, node, module, scope)
        if first is None:
            message = f"`{name}` takes fewer positional arguments"
            return Unreadable(Place(module, node.args[-1]), message, "name the arguments", codes.WRONG_OPTION)
        return self._expanded(factory, (*first, *given), Place(module, node))

    def _partial(self, node: ast.Call, module: Module, scope: Any) -> Maker | Unreadable | None:
        maker = self.of(node.args[0], module, scope) if node.args else None
        if not isinstance(maker, Maker) or maker.takes == "function":
            return maker if isinstance(maker, Unreadable) else None
        if len(node.args) > 1:
            message = "`functools.partial` of a decorator takes keywords only"
            return Unreadable(Place(module, node.args[1]), message, "name the value: `retries=3`", codes.UNKNOWN_OPTION)
        options = merged((*maker.options, *options_of(node.keywords, module, scope)))
        return msgspec.structs.replace(maker, options=options)

    def _factory(self, entity: FunctionEntity) -> Factory | Unreadable | None:
        key = id(entity.node)
        if key not in self._factories:
            self._factories[key] = None  # one that leads to itself makes nothing
            self._factories[key] = self._read_factory(entity)
        return self._factories[key]

    def _read_factory(self, entity: FunctionEntity) -> Factory | Unreadable | None:
        node, module = entity.node, entity.module
        if not self._mentions_ours(node, module):
            return None
        message = f"`{node.name}` makes tasks, but does more than return one, which cannot be read"
        return read_form(node, module) or Unreadable(Place(module, node), message)

    def _mentions_ours(self, node: FunctionNode, module: Module) -> bool:
        """Whether a function names one of our decorators, or returns something made from what does."""
        own = {argument.arg for argument in parameters(node)}
        returned = {id(part) for found in ast.walk(node) if isinstance(found, ast.Return) for part in ast.walk(found)}
        for part in ast.walk(node):
            if not isinstance(part, ast.Name | ast.Attribute) or (isinstance(part, ast.Name) and part.id in own):
                continue
            entity = self._resolver.expression(part, module)
            if isinstance(entity, External) and entity.symbol in ("task", "workflow"):
                return True
            if not isinstance(entity, Constant) and not (isinstance(entity, FunctionEntity) and id(part) in returned):
                continue
            if self.of_entity(entity) is not None:
                return True
        return False

    def _returned(self, factory: Factory) -> Maker | Unreadable | None:
        """What a factory returns, whatever it is called with."""
        call = factory.call
        base = self.of(call, factory.module) if not factory.function else None
        if factory.function:
            assert isinstance(call, ast.Call)
            base = self.of(call.func, factory.module)
        if base is None:
            message = f"`{factory.node.name}` makes tasks, but what it returns cannot be read"
            return Unreadable(Place(factory.module, factory.node), message)
        return base

    def _expanded(self, factory: Factory, options: tuple[Option, ...], place: Place) -> Maker | Unreadable:
        """What a factory makes when it is called with these keywords."""
        given = self._bound(factory, options, place)
        if isinstance(given, Unreadable):
            return given
        scope, rest = given
        call = factory.call
        if factory.function:
            assert isinstance(call, ast.Call)
            base = self.of(call.func, factory.module, scope)
            own = options_of(call.keywords, factory.module, scope)
            found = self.finished(base, call.func, factory.module, own) if isinstance(base, Maker) else base
        else:
            found = self.of(call, factory.module, scope)
        if not isinstance(found, Maker):
            return found or Unreadable(place, f"what `{factory.node.name}` returns cannot be read")
        variable = factory.node.args.kwarg
        spread = [
            part
            for option in found.options
            for part in (rest if variable is not None and _is_spread_of(option, variable.arg, scope) else (option,))
        ]
        return Maker(found.kind, merged(tuple(spread)), "function")

    def _bound(
        self, factory: Factory, options: tuple[Option, ...], place: Place
    ) -> tuple[Callable[[ast.Name], StaticValue], tuple[Option, ...]] | Unreadable:
        """Parameters of a factory by name, evaluated when they are asked for, and what its ``**`` takes."""
        node = factory.node
        names = [argument.arg for argument in parameters(node) if argument.arg != factory.function]
        values = dict(defaults(node, factory.module))
        values |= {option.keyword.arg: option for option in options if option.keyword.arg in names}
        rest = tuple(option for option in options if option.keyword.arg not in names)
        if rest and node.args.kwarg is None:
            name = rest[0].keyword.arg
            message = f"`{node.name}` has no parameter `{name}`" if name else f"`**` in a call of `{node.name}` cannot be read"
            help_ = f"its parameters are {', '.join(names)}" if names else ""
            return Unreadable(rest[0].module.keyword_span(rest[0].keyword), message, help_, codes.UNKNOWN_OPTION)
        missing = next((name for name in names if name not in values), None)
        if missing is not None:
            return Unreadable(place, f"`{node.name}` lacks the argument `{missing}`", "", codes.WRONG_OPTION)

        def lookup(name: ast.Name) -> StaticValue:
            option = values.get(name.id)
            if option is not None:
                return self._evaluator.evaluate(option.keyword.value, option.module, option.scope)
            if node.args.kwarg is not None and name.id == node.args.kwarg.arg:
                return dict(self._spread(rest))
            raise LookupError(name.id)

        return lookup, rest

    def _spread(self, options: tuple[Option, ...]) -> Iterator[tuple[str, StaticValue]]:
        for option in options:
            value = self._evaluator.evaluate(option.keyword.value, option.module, option.scope)
            if option.keyword.arg is not None:
                yield option.keyword.arg, value
            elif isinstance(value, dict):
                yield from value.items()


def _is_spread_of(option: Option, variable: str, scope: object) -> bool:
    """Whether an option is ``**variable`` in the function that the scope is of."""
    value = option.keyword.value
    return option.scope is scope and option.keyword.arg is None and isinstance(value, ast.Name) and value.id == variable
