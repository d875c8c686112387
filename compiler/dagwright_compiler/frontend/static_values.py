"""Values known at compile time: what an expression gives when only literals and constants take part.

Never runs user code and never looks at the environment, the clock or randomness. Work and size are bounded, so a hostile
``10 ** 10 ** 10`` is a finding and not a hang. Anything else raises ``NotStatic`` with the reason and the nearest form that works.
"""

from __future__ import annotations

import ast
import math
from datetime import timezone
from typing import TYPE_CHECKING, Any

from dagwright_compiler.diagnostics import codes
from dagwright_compiler.diagnostics.suggestions import did_you_mean
from dagwright_compiler.frontend import known_calls, static_methods
from dagwright_compiler.frontend import static_operations as operations
from dagwright_compiler.frontend.entities import (
    ClassEntity,
    Constant,
    Entity,
    External,
    MemberEntity,
    UnstableEntity,
)
from dagwright_compiler.frontend.external_calls import Given, call_external, construct_known, known_method
from dagwright_compiler.frontend.file_types import symbol_of_subscript
from dagwright_compiler.frontend.findings import ArgumentPlace, Place
from dagwright_compiler.frontend.known_values import EnumValue, Instance, KnownCall, StaticValue, Symbolic
from dagwright_compiler.frontend.not_static import Cause, Failure, NotStatic, never_run, unusable
from dagwright_compiler.frontend.shared_values import SharedValues
from dagwright_compiler.frontend.static_operations import BudgetError, OperationError
from dagwright_compiler.frontend.value_sizes import ValueSizes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from dagwright_compiler.frontend.modules import Module
    from dagwright_compiler.frontend.resolution import Resolver

_CONSTANTS: dict[str, StaticValue] = {
    "datetime.timezone.utc": timezone.utc,  # noqa: UP017 - the value that this name stands for
    "math.e": math.e,
    "math.inf": math.inf,
    "math.pi": math.pi,
    "math.tau": math.tau,
}
"""Constants of the standard library that are the same everywhere."""
_MOST_STEPS = 500_000
_MOST_DEPTH = 150
_CONTAINERS = (list, tuple, dict, Instance)


class Evaluator:
    """Evaluates expressions of modules; memoises constants."""

    def __init__(self, resolver: Resolver, given: Mapping[str, StaticValue] | None = None) -> None:
        self._resolver = resolver
        self._given = given or {}
        self._steps = 0
        self._depth = 0
        self.sizes = ValueSizes()
        self.shared = SharedValues()
        self.construct: Callable[[ClassEntity | Constant, list[StaticValue], dict[str, StaticValue], Place], StaticValue] = (
            _no_constructor
        )
        """Builds instances of project classes; set by ``classes``."""
        self.member: Callable[[MemberEntity, Place], StaticValue] = _no_member
        """Reads members of enums; set by ``classes``."""
        self.members: Callable[[ClassEntity], tuple[EnumValue, ...] | None] = lambda _entity: None
        """Members of an enum in their order, else ``None``; set by ``classes``."""
        self.functional_member: Callable[[Constant, str], StaticValue] = lambda _entity, _name: None
        """Reads members of enums made by a call, else gives ``None``; set by ``classes``."""
        self._handlers: dict[type[ast.expr], Callable[..., StaticValue]] = {
            ast.Name: self._name,
            ast.Attribute: self._attribute,
            ast.JoinedStr: self._joined,
            ast.Tuple: self._sequence,
            ast.List: self._sequence,
            ast.Set: self._set,
            ast.SetComp: self._set_comprehension,
            ast.Dict: self._dict,
            ast.BinOp: self._binary,
            ast.UnaryOp: self._unary,
            ast.Compare: self._compare,
            ast.BoolOp: self._bool,
            ast.IfExp: self._if,
            ast.Subscript: self._subscript,
            ast.ListComp: self._comprehension,
            ast.DictComp: self._comprehension,
            ast.Call: self._call,
        }

    def evaluate(self, node: ast.expr, module: Module, scope: Any = None) -> StaticValue:
        """Value of an expression.

        Args:
            node: The expression.
            module: Where it stands, for names.
            scope: Local names: a mapping, or a function that gives the value of a name node or raises ``LookupError``.

        Raises:
            NotStatic: It has none.
        """
        if type(node) is ast.Constant:
            return self._constant(node, module)
        before = self._steps, self._depth  # reading a class may evaluate its defaults in the middle of an expression
        self._steps = self._depth = 0
        try:
            return self._eval(node, module, scope)
        finally:
            self._steps, self._depth = before

    def _eval(self, node: ast.expr, module: Module, scope: Any) -> StaticValue:
        kind = type(node)
        if kind is ast.Constant:
            return self._constant(node, module)
        handler = self._handlers.get(kind)
        if handler is None:
            raise NotStatic(
                Place(module, node),
                f"{_WHAT.get(kind, 'this expression')} has no value while compiling",
                help_="write the value itself",
            )
        self._steps += 1
        if self._steps > _MOST_STEPS or self._depth > _MOST_DEPTH:
            what = "takes too many steps" if self._steps > _MOST_STEPS else "is nested too deeply"
            raise NotStatic(
                Place(module, node),
                f"the value {what} to be computed while compiling",
                help_="compute it in a task",
                code=codes.STATIC_BUDGET,
            )
        self._depth += 1
        try:
            value = handler(node, module, scope)
            if type(value) in _CONTAINERS:
                self.sizes.check(value)
            elif isinstance(value, Symbolic):
                raise NotStatic(Place(module, node), f"`{ast.unparse(node)}` exists only when the workflow runs")
        except OperationError as error:
            raise NotStatic(Place(module, node), str(error)) from None
        except BudgetError as error:
            raise NotStatic(Place(module, node), str(error), help_="compute it in a task", code=codes.STATIC_BUDGET) from None
        else:
            return value
        finally:
            self._depth -= 1

    def _constant(self, node: Any, module: Module) -> StaticValue:
        value = node.value
        if value is None or type(value) in (str, int, bool, float, bytes):
            if type(value) is str and not value.isascii() and not _encodes(value):
                self._fail(node, module, "the text holds a lone surrogate, which no UTF-8 file can carry")
            elif type(value) is int and value.bit_length() > operations.MOST_BITS:
                self._fail(node, module, "the number has more than 4000 digits")
            return value
        return self._fail(node, module, f"`{ast.unparse(node)}` is not a value that can travel to a task")

    def _fail(self, node: ast.AST, module: Module, message: str, help_: str = "") -> StaticValue:
        raise NotStatic(Place(module, node), message, help_=help_)

    def _name(self, node: ast.Name, module: Module, scope: Any) -> StaticValue:
        if scope is not None:
            if callable(scope):
                try:
                    return scope(node)
                except LookupError:
                    pass
            elif node.id in scope:
                return scope[node.id]
        return self.value_of(self._resolver.name(node.id, module), node, module)

    def _attribute(self, node: ast.Attribute, module: Module, scope: Any) -> StaticValue:
        root: ast.expr = node
        while isinstance(root, ast.Attribute):
            root = root.value
        if isinstance(root, ast.Name) and not self._is_local(root, scope):
            entity = self._resolver.expression(node, module)
            if entity is not None:
                return self.value_of(entity, node, module)
            holder = self._resolver.expression(node.value, module)
            member = self.functional_member(holder, node.attr) if isinstance(holder, Constant) else None
            if member is not None:
                return member
        return self.attribute(self._eval(node.value, module, scope), node, module)

    def attribute(self, owner: StaticValue, node: ast.Attribute, module: Module) -> StaticValue:
        """``owner.name`` of an instance or a member of an enum.

        Raises:
            NotStatic: It has no such attribute that is known.
        """
        if isinstance(owner, Instance) and node.attr in owner.fields:
            return owner.fields[node.attr]
        if isinstance(owner, EnumValue) and (node.attr == "name" or (node.attr == "value" and owner.known)):
            return owner.member if node.attr == "name" else owner.value
        return self._fail(node, module, f"the attribute `{node.attr}` is not known while compiling", "write the value itself")

    @staticmethod
    def _is_local(node: ast.Name, scope: Any) -> bool:
        if scope is None:
            return False
        if callable(scope):
            try:
                scope(node)
            except LookupError:
                return False
            except NotStatic:
                return True
            return True
        return node.id in scope

    def value_of(self, entity: Entity, node: ast.expr, module: Module) -> StaticValue:
        """Value of what a name stands for.

        Raises:
            NotStatic: It has none.
        """
        place = Place(module, node)
        if isinstance(entity, Constant | UnstableEntity) and self.is_given(entity):
            return self._value_given(entity)
        if isinstance(entity, Constant):
            return self.constant(entity, place)
        if isinstance(entity, MemberEntity):
            return self.member(entity, place)
        if isinstance(entity, External):
            if entity.qualified in _CONSTANTS:
                return _CONSTANTS[entity.qualified]
            known = known_calls.constant(entity.qualified)
            if known is not None:
                return known
            if members := known_calls.members(entity.qualified):
                owner, name = entity.qualified.split(".")[-2:]
                near = did_you_mean(name, members) or f"it has {', '.join(members)}"
                raise NotStatic(place, f"`{owner}` has no member `{name}`", help_=near)
            raise never_run(entity, place)
        raise unusable(entity, place, ast.unparse(node))

    def is_given(self, entity: Constant | UnstableEntity) -> bool:
        """Whether the user gives the value of a constant beside the source."""
        return bool(self._given) and (f"{entity.module.name}.{entity.name}" in self._given or entity.name in self._given)

    def _value_given(self, entity: Constant | UnstableEntity) -> StaticValue:
        value = self._given.get(f"{entity.module.name}.{entity.name}", self._given.get(entity.name))
        self.shared.add(value)
        return value

    def constant(self, entity: Constant, place: Place) -> StaticValue:
        """Value of a module constant, evaluated once.

        Raises:
            NotStatic: It has none; the place is the use, the reason names the definition.
        """
        if self.is_given(entity):
            return self._value_given(entity)
        memo = entity.module.constants
        if entity.name in memo:
            found = memo[entity.name]
            if isinstance(found, Failure):
                raise found.at(place, entity)
            return found
        memo[entity.name] = Failure("it is defined by itself", Cause(Place(entity.module, entity.node), ()))
        try:
            value = self._eval(entity.value, entity.module, None)
        except NotStatic as error:
            failure = memo[entity.name] = Failure.of(error)
            raise failure.at(place, entity) from None
        memo[entity.name] = value
        self.shared.add(value)
        return value

    def _joined(self, node: ast.JoinedStr, module: Module, scope: Any) -> StaticValue:
        parts: list[str] = []
        for part in node.values:
            if isinstance(part, ast.FormattedValue):
                value = self._eval(part.value, module, scope)
                spec = self._eval(part.format_spec, module, scope) if part.format_spec is not None else ""
                parts.append(operations.format_value(value, spec, part.conversion))
            else:
                parts.append(str(self._eval(part, module, scope)))
        return operations.check_text("".join(parts))

    def _sequence(self, node: ast.Tuple | ast.List, module: Module, scope: Any) -> StaticValue:
        items: list[StaticValue] = []
        for item in node.elts:
            if isinstance(item, ast.Starred):
                items.extend(operations.iterate(self._eval(item.value, module, scope)))
            else:
                items.append(self._eval(item, module, scope))
        return tuple(items) if isinstance(node, ast.Tuple) else items

    def _set(self, node: ast.Set, module: Module, scope: Any) -> StaticValue:
        return {operations.check_key(item) for item in self._sequence(ast.List(node.elts), module, scope)}

    def _set_comprehension(self, node: ast.SetComp, module: Module, scope: Any) -> StaticValue:
        return set(map(operations.check_key, self._items(node, module, scope)))

    def _dict(self, node: ast.Dict, module: Module, scope: Any) -> StaticValue:
        result: dict[StaticValue, StaticValue] = {}
        for key, value in zip(node.keys, node.values, strict=True):
            if key is None:
                merged = self._eval(value, module, scope)
                if not isinstance(merged, dict):
                    raise OperationError("`**` takes a dict")
                result.update(merged)
            else:
                result[operations.check_key(self._eval(key, module, scope))] = self._eval(value, module, scope)
        return result

    def _binary(self, node: ast.BinOp, module: Module, scope: Any) -> StaticValue:
        # The left spine of `a + b + c + ...` is walked in a loop: generated code has thousands of terms.
        spine: list[ast.BinOp] = []
        left: ast.expr = node
        while isinstance(left, ast.BinOp):
            spine.append(left)
            left = left.left
        value = self._eval(left, module, scope)
        for step in reversed(spine):
            value = operations.binary(step.op, value, self._eval(step.right, module, scope))
        return value

    def _unary(self, node: ast.UnaryOp, module: Module, scope: Any) -> StaticValue:
        return operations.unary(node.op, self._eval(node.operand, module, scope))

    def _compare(self, node: ast.Compare, module: Module, scope: Any) -> StaticValue:
        left = self._eval(node.left, module, scope)
        for op, right_node in zip(node.ops, node.comparators, strict=True):
            right = self._eval(right_node, module, scope)
            if not operations.compare(op, left, right):
                return False
            left = right
        return True

    def _bool(self, node: ast.BoolOp, module: Module, scope: Any) -> StaticValue:
        value: StaticValue = None
        for part in node.values:
            value = self._eval(part, module, scope)
            if operations.truth(value) is isinstance(node.op, ast.Or):
                return value
        return value

    def _if(self, node: ast.IfExp, module: Module, scope: Any) -> StaticValue:
        chosen = node.body if operations.truth(self._eval(node.test, module, scope)) else node.orelse
        return self._eval(chosen, module, scope)

    def _subscript(self, node: ast.Subscript, module: Module, scope: Any) -> StaticValue:
        owner = self._eval(node.value, module, scope)
        if isinstance(node.slice, ast.Slice):
            bounds = [
                None if part is None else self._eval(part, module, scope)
                for part in (node.slice.lower, node.slice.upper, node.slice.step)
            ]
            return operations.cut(owner, *bounds)
        return operations.item(owner, self._eval(node.slice, module, scope))

    def _comprehension(self, node: ast.ListComp | ast.DictComp, module: Module, scope: Any) -> StaticValue:
        if isinstance(node, ast.ListComp):
            return self._items(node, module, scope)
        pairs = {}
        for inner in self._loops(node.generators, module, scope):
            pairs[operations.check_key(self._eval(node.key, module, inner))] = self._eval(node.value, module, inner)
        return pairs

    def _items(self, node: ast.ListComp | ast.SetComp | ast.GeneratorExp, module: Module, scope: Any) -> list[StaticValue]:
        return [self._eval(node.elt, module, inner) for inner in self._loops(node.generators, module, scope)]

    def _loops(self, generators: list[ast.comprehension], module: Module, scope: Any) -> Iterator[Any]:
        if not generators:
            yield scope
            return
        first, *others = generators
        for value in operations.iterate(self._eval(first.iter, module, scope)):
            self._steps += 1
            inner = _nested(scope, dict(operations.unpack(first.target, value)))
            if all(operations.truth(self._eval(test, module, inner)) for test in first.ifs):
                yield from self._loops(others, module, inner)

    def _call(self, node: ast.Call, module: Module, scope: Any) -> StaticValue:
        constructor = symbol_of_subscript(node.func, module, self._resolver) if isinstance(node.func, ast.Subscript) else ""
        if constructor:
            return construct_known(constructor, Place(module, node), self._arguments(node, module, scope))
        entity = None
        root: ast.expr = node.func
        while isinstance(root, ast.Attribute):
            root = root.value
        if not (isinstance(root, ast.Name) and self._is_local(root, scope)):
            entity = self._resolver.expression(node.func, module)
            if isinstance(root, ast.Subscript):  # `Box[int](1)`: type arguments change no value
                generic = self._resolver.expression(root.value, module)
                entity = generic if isinstance(generic, ClassEntity) and root is node.func else None
        place = Place(module, node)
        if isinstance(entity, External):
            iterates = entity.qualified.removeprefix("builtins.") in operations.ITERATING
            return call_external(entity, node, module, lambda: self._arguments(node, module, scope, is_iterated=iterates))
        if isinstance(entity, ClassEntity | Constant):
            args, kwargs, _ = self._arguments(node, module, scope)
            return self.construct(entity, args, kwargs, place)
        if entity is not None:
            raise unusable(entity, Place(module, node.func), ast.unparse(node.func))
        if isinstance(node.func, ast.Attribute):
            owner = self._eval(node.func.value, module, scope)
            args, kwargs, _ = self._arguments(node, module, scope, is_iterated=node.func.attr == "join")
            if isinstance(owner, KnownCall):
                return known_method(owner, node, args, kwargs, module)
            return static_methods.call_method(owner, node.func.attr, args, kwargs)
        raise NotStatic(place, "what this call gives is not known while compiling", help_="write the value itself")

    def _arguments(self, node: ast.Call, module: Module, scope: Any, *, is_iterated: bool = False) -> Given:
        """Values of arguments and places of keywords; what is called may take each item once, as a generator gives them."""
        args: list[StaticValue] = []
        for argument in node.args:
            if is_iterated and isinstance(argument, ast.GeneratorExp):
                args.append(self._items(argument, module, scope))
            elif isinstance(argument, ast.Starred):
                args.extend(operations.iterate(self._eval(argument.value, module, scope)))
            else:
                args.append(self._eval(argument, module, scope))
        kwargs: dict[str, StaticValue] = {}
        places: dict[str, Place] = {}
        for keyword in node.keywords:
            value = self._eval(keyword.value, module, scope)
            if keyword.arg is None:
                if not isinstance(value, dict) or not all(isinstance(name, str) for name in value):
                    raise OperationError("`**` takes a dict with text keys")
                repeated = next((name for name in value if name in kwargs), None)
                kwargs.update(value)
            else:
                repeated = keyword.arg if keyword.arg in kwargs else None
                kwargs[keyword.arg] = value
                places[keyword.arg] = ArgumentPlace(module, keyword)
            if repeated is not None:
                said = f"`{repeated}` is passed twice"
                raise NotStatic(Place(module, keyword), said, help_="leave one of them out", code=codes.REPEATED_ARGUMENT)
        return args, kwargs, places


def _nested(scope: Any, names: dict[str, StaticValue]) -> Any:
    if scope is None:
        return names
    if not callable(scope):
        return {**scope, **names}

    def lookup(node: ast.Name) -> StaticValue:
        return names[node.id] if node.id in names else scope(node)

    return lookup


def _encodes(text: str) -> bool:
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


def _no_constructor(
    _owner: ClassEntity | Constant, _args: list[StaticValue], _kwargs: dict[str, StaticValue], place: Place
) -> StaticValue:
    raise NotStatic(place, "what this call gives is not known while compiling")


def _no_member(entity: MemberEntity, place: Place) -> StaticValue:
    raise NotStatic(place, f"`{entity.owner.qualname}.{entity.name}` is not known while compiling")


_WHAT: dict[type[ast.expr], str] = {
    ast.Lambda: "a lambda",
    ast.GeneratorExp: "a generator expression",
    ast.Await: "an `await`",
    ast.Yield: "a `yield`",
    ast.YieldFrom: "a `yield from`",
    ast.NamedExpr: "a `:=`",
    ast.Starred: "a `*`",
}
