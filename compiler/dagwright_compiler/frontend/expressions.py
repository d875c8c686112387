"""Expressions of workflow bodies: names, calls, tuples, constants. Everything else is computed statically or a finding."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from dagwright_compiler.diagnostics import codes
from dagwright_compiler.diagnostics.suggestions import did_you_mean
from dagwright_compiler.frontend import calls, function_calls, mapping, ordering, overrides, promise_parts, refusals
from dagwright_compiler.frontend.entities import (
    ClassEntity,
    Constant,
    Entity,
    External,
    FunctionEntity,
    Unresolved,
    UnstableEntity,
)
from dagwright_compiler.frontend.findings import Place
from dagwright_compiler.frontend.names import NOT_YET
from dagwright_compiler.frontend.not_static import NotStatic
from dagwright_compiler.frontend.promises import (
    BROKEN,
    Argument,
    Broken,
    Function,
    Group,
    Mapped,
    Promise,
    Result,
    Static,
    Value,
    describe_source,
    parts_of,
    value_of,
)
from dagwright_compiler.frontend.static_operations import BudgetError

if TYPE_CHECKING:
    from dagwright_compiler.frontend.frames import Frame
    from dagwright_compiler.frontend.known_values import StaticValue
    from dagwright_compiler.ir.program import ClassDef

_MOST_DEPTH = 100
_OPERATIONS: dict[type[ast.expr], tuple[str, str]] = {
    ast.JoinedStr: ("an f-string", 'build the text in a task: `@task def text(x: int) -> str: return f"{x}"`'),
    ast.BinOp: ("arithmetic", "compute it in a task: `@task def add(a: int, b: int) -> int: return a + b`"),
    ast.UnaryOp: ("an operator", "compute it in a task"),
    ast.Compare: ("a comparison", "compare in a task, and let the task decide what to do"),
    ast.BoolOp: ("`and` and `or`", "decide in a task"),
    ast.IfExp: ("a choice", "choose in a task"),
    ast.Attribute: ("reading an attribute", "read it in the task that needs it"),
    ast.Subscript: ("reading an item", "read it in the task that needs it"),
    ast.ListComp: ("a comprehension", "run the task for every element with `map_task(f)(x=values)`"),
    ast.SetComp: ("a comprehension", "run the task for every element with `map_task(f)(x=values)`"),
    ast.DictComp: ("a comprehension", "build the dict in a task"),
    ast.GeneratorExp: ("a generator", "run the task for every element with `map_task(f)(x=values)`"),
    ast.Set: ("a set", "build the collection in a task"),
    ast.Call: ("this call", "call it inside a task"),
}
_SYNTAX: dict[type[ast.expr], tuple[str, str]] = {
    ast.Lambda: ("a lambda", "write a task"),
    ast.Await: ("`await`", "call the task without `await`: the graph decides what runs when"),
    ast.Yield: ("`yield`", "return the values"),
    ast.YieldFrom: ("`yield from`", "return the values"),
    ast.NamedExpr: ("`:=`", "assign on a line of its own"),
    ast.Starred: ("`*`", "write the values out"),
}


class Expressions:
    """Evaluates the expressions of one body."""

    def __init__(self, frame: Frame) -> None:
        self._frame = frame
        self._depth = 0

    def evaluate(self, node: ast.expr) -> Value:
        """What an expression gives; a finding gives ``BROKEN``."""
        kind = type(node)
        if kind is ast.Name:
            return self._name(node)  # type: ignore[arg-type]
        if self._depth > _MOST_DEPTH:
            return self._frame.report(
                codes.NESTED_TOO_DEEPLY, "the expression is nested too deeply", node, help_="assign parts of it to variables"
            )
        self._depth += 1
        try:
            if kind is ast.Call:
                return self._call(node)  # type: ignore[arg-type]
            if isinstance(node, ast.Tuple | ast.List):
                return self._sequence(node)
            if kind is ast.Dict:
                return self._dict(node)  # type: ignore[arg-type]
            if isinstance(node, ast.BinOp) and isinstance(node.op, ast.RShift):
                return self._order(node)
            if isinstance(node, ast.Attribute | ast.Subscript):
                found = self._part(node)
                if found is not None:
                    return found
            return self._static(node)
        finally:
            self._depth -= 1

    def reference(self, node: ast.expr) -> Value | None:
        """A task, workflow, or local value that a name stands for; ``None`` for other expressions."""
        if isinstance(node, ast.Name) and (node.id in self._frame.variables or node.id in self._frame.assigned):
            return self._name(node)
        entity = self._frame.services.resolver.expression(node, self._frame.module)
        if isinstance(entity, FunctionEntity):
            callee = self._frame.services.definitions.callee(entity)
            if callee is not None:
                return Function(callee)
            if self._frame.services.definitions.decoration(entity).kind == "broken":
                return BROKEN
        if isinstance(entity, Unresolved | UnstableEntity):
            return self._unusable(entity, node)
        return None

    def _name(self, node: ast.Name) -> Value:
        value = self._frame.variables.get(node.id)
        if value is not None:
            return value
        if node.id in self._frame.assigned:
            message, help_ = self._frame.read_too_early(node)
            return self._frame.report(codes.READ_BEFORE_ASSIGNMENT, message, node, help_=help_)
        found = self.reference(node)
        return found if found is not None else self._static(node)

    def _sized(self, value: Group, node: ast.expr) -> Value:
        """The value, unless its parts are more than a plan could hold."""
        if value.items and all(isinstance(item, Broken) for item in value.items):
            return BROKEN
        try:
            self._frame.services.evaluator.sizes.check(value)
        except BudgetError as error:
            return self._frame.report(codes.STATIC_BUDGET, str(error), node, help_="build the value in a task")
        return value

    def _static(self, node: ast.expr) -> Value:
        """A value known at compile time, else a finding that says what stands in the way."""
        if type(node) is ast.Constant and type(node.value) in (int, bool, float, type(None)):
            return Static(node.value)
        frame = self._frame
        services = frame.services
        try:
            return Static(services.evaluator.evaluate(node, frame.module, frame.lookup))
        except NotStatic as error:
            if error.reported:
                return BROKEN
            return self._explain(node, error)

    def _explain(self, node: ast.expr, error: NotStatic) -> Broken:
        frame = self._frame
        promise = frame.promise_in(node)
        if isinstance(promise, Broken):
            return promise
        what, help_ = _OPERATIONS.get(type(node), ("this expression", "compute it in a task"))
        if promise is not None:
            message = f"{what} needs the value of {describe_source(promise)}, which exists only when the workflow runs"
            return frame.report(codes.PROMISE_OPERATION, message, node, help_=help_)
        syntax = _SYNTAX.get(type(node))
        if syntax is not None:
            return frame.report(
                codes.UNSUPPORTED_EXPRESSION, f"{syntax[0]} is not supported in a workflow", node, help_=syntax[1]
            )
        frame.services.findings.add(error.code, error.message, error.place, help=error.help)
        return BROKEN

    def _sequence(self, node: ast.Tuple | ast.List) -> Value:
        items: list[Value] = []
        for item in node.elts:
            if isinstance(item, ast.Starred):
                inner = self.evaluate(item.value)
                parts = parts_of(inner)
                if parts is None:
                    if not isinstance(inner, Broken):
                        self._frame.report(
                            codes.UNSUPPORTED_EXPRESSION,
                            f"{describe_source(inner)} cannot be unpacked with `*`",
                            item,
                            help_="write the values out",
                        )
                    return BROKEN
                items.extend(parts)
            else:
                items.append(self.evaluate(item))
        if all(isinstance(item, Static) for item in items):
            values = [item.value for item in items if isinstance(item, Static)]
            return Static(tuple(values) if isinstance(node, ast.Tuple) else values)
        return self._sized(Group("tuple" if isinstance(node, ast.Tuple) else "list", tuple(items)), node)

    def _dict(self, node: ast.Dict) -> Value:
        """A dict with known keys; values may be promises."""
        found: dict[object, tuple[StaticValue, Value]] = {}
        for key, item in zip(node.keys, node.values, strict=True):
            value = self.evaluate(item)
            if key is None:
                pairs = _pairs_of(value)
                if pairs is None:
                    if isinstance(value, Broken):
                        return value
                    message = f"{describe_source(value)} cannot be unpacked with `**`"
                    return self._frame.report(codes.UNSUPPORTED_EXPRESSION, message, item, help_="write the values out")
            else:
                name = self.evaluate(key)
                if not isinstance(name, Static):
                    if isinstance(name, Broken):
                        return name
                    message = f"the keys of a dict are needed while compiling, but this is {describe_source(name)}"
                    return self._frame.report(codes.PROMISE_OPERATION, message, key, help_="build the dict in a task")
                pairs = [(name.value, value)]
            if not all(_can_be_key(name) for name, _ in pairs):
                message = "a value that can change cannot be a key of a dict"
                return self._frame.report(codes.NOT_STATIC, message, key or item)
            for name, value in pairs:  # of equal keys, the first stays, as in Python
                found[name] = found.get(name, (name,))[0], value
        if all(isinstance(value, Static) for _, value in found.values()):
            return self._static(node)
        keys = tuple(name for name, _ in found.values())
        return self._sized(Group("dict", tuple(value for _, value in found.values()), keys=keys), node)

    def _order(self, node: ast.BinOp) -> Value:
        """``a >> b >> c``: walked in a loop, since chains are as long as graphs are."""
        chain: list[ast.expr] = []
        left: ast.expr = node
        while isinstance(left, ast.BinOp) and isinstance(left.op, ast.RShift):
            chain.append(left.right)
            left = left.left
        parts = [(self.evaluate(part), part) for part in (left, *reversed(chain))]
        if all(isinstance(value, Static) for value, _ in parts):
            return self._static(node)
        return ordering.order(self._frame, parts)

    def _part(self, node: ast.Attribute | ast.Subscript) -> Value | None:
        """A named output (``r.total``) or an item of several (``r[0]``); ``None`` when the owner is no result."""
        root: ast.expr = node
        while isinstance(root, ast.Attribute | ast.Subscript):
            root = root.value
        if isinstance(root, ast.Name) and root.id not in self._frame.variables and root.id not in self._frame.assigned:
            return None
        if not isinstance(root, ast.Name | ast.Call):
            return None
        if isinstance(root, ast.Call) and not self._calls_a_task(root):
            return None
        owner = self.evaluate(node.value)
        if isinstance(owner, Broken):
            return owner
        if isinstance(node, ast.Attribute):
            return self._named_part(owner, node)
        if isinstance(owner, Promise):
            index = None if isinstance(node.slice, ast.Slice) else self.evaluate(node.slice)
            return promise_parts.item(self._frame, owner, node, index)
        if isinstance(owner, Group) and owner.kind == "dict":
            return self._value_at(owner, node)
        items = parts_of(owner) if isinstance(owner, Result | Group) else None
        if items is None:
            return self._refuse_part(owner, node)
        position = self._static(node.slice)
        if isinstance(position, Static) and type(position.value) is int and -len(items) <= position.value < len(items):
            return items[position.value]
        if isinstance(position, Broken):
            return position
        return self._frame.report(codes.UNPACKING_MISMATCH, f"{describe_source(owner)} has {len(items)} items", node.slice)

    def _calls_a_task(self, node: ast.Call) -> bool:
        if isinstance(self._frame.promise_in(node), Result | Promise):
            return True
        return function_calls.is_create_node(self._frame.services.resolver.expression(node.func, self._frame.module))

    def _value_at(self, owner: Group, node: ast.Subscript) -> Value:
        key = self._static(node.slice)
        if not isinstance(key, Static):
            return key
        for known, value in zip(owner.keys, owner.items, strict=True):
            if type(known) is type(key.value) and known == key.value:
                return value
        keys = ", ".join(map(repr, owner.keys))
        return self._frame.report(
            codes.UNKNOWN_PART, f"the dict has no key {key.value!r}", node.slice, help_=f"its keys are {keys}"
        )

    def _named_part(self, owner: Value, node: ast.Attribute) -> Value | None:
        if isinstance(owner, Result) and (owner.as_node or owner.call.callee.interface.returns == "namedtuple"):
            for output in owner.call.outputs:
                if output.name == node.attr:
                    return Promise(output.type, output.name, owner.call)
            names = ", ".join(output.name for output in owner.call.outputs)
            message = f"`{owner.call.callee.node.name}` has no output `{node.attr}`"
            return self._frame.report(codes.UNKNOWN_PART, message, node, help_=f"its outputs are {names}")
        if isinstance(owner, Group) and node.attr in owner.fields:
            return owner.items[owner.fields.index(node.attr)]
        if isinstance(owner, Promise):
            return promise_parts.attribute(self._frame, owner, node)
        return self._refuse_part(owner, node)

    def _refuse_part(self, owner: Value, node: ast.Attribute | ast.Subscript) -> Value | None:
        if isinstance(owner, Static):
            return None
        what, help_ = _OPERATIONS[type(node)]
        message = f"{what} needs the value of {describe_source(owner)}, which exists only when the workflow runs"
        return self._frame.report(codes.PROMISE_OPERATION, message, node, help_=help_)

    def _call(self, node: ast.Call) -> Value:
        func = node.func
        if isinstance(func, ast.Attribute) and func.attr in ("with_overrides", "runs_before"):
            owner = self.evaluate(func.value)
            if isinstance(owner, Broken):
                return owner
            if func.attr == "with_overrides":
                return overrides.override(self._frame, owner, node)
            return ordering.runs_before(self._frame, owner, node, [(self.evaluate(argument), argument) for argument in node.args])
        refused = refusals.refuse_chain(self._frame, node) if isinstance(func, ast.Attribute | ast.Call) else None
        if refused is not None:
            return refused
        if isinstance(func, ast.Call):
            return self._apply(self.evaluate(func), node)
        root = func
        while isinstance(root, ast.Attribute):
            root = root.value
        if isinstance(root, ast.Name) and (root.id in self._frame.variables or root.id in self._frame.assigned):
            return self._apply(self._name(root), node) if root is func else self._static(node)
        entity = self._frame.services.resolver.expression(func, self._frame.module)
        return self._static(node) if entity is None else self._call_entity(entity, node)

    def _call_entity(self, entity: Entity, node: ast.Call) -> Value:
        if isinstance(entity, FunctionEntity):
            callee = self._frame.services.definitions.callee(entity)
            if callee is not None:
                return self._apply(Function(callee), node)
            self.arguments(node)
            if self._frame.services.definitions.decoration(entity).kind == "broken":
                return BROKEN
            message = f"`{entity.node.name}` is a plain function, and compiling never runs it"
            related = ((Place(entity.module, entity.node), "it is defined here"),)
            return self._frame.report(
                codes.NOT_A_TASK,
                message,
                node.func,
                help_=f"decorate `{entity.node.name}` with `@task`, or call it inside a task",
                related=related,
            )
        if isinstance(entity, External):
            return self._call_external(entity, node)
        if isinstance(entity, ClassEntity | Constant):
            return refusals.refuse_instance(self._frame, entity, node) or self._construct(entity, node)
        self.arguments(node)
        if isinstance(entity, Unresolved | UnstableEntity):
            return self._unusable(entity, node.func)
        return self._frame.report(codes.NOT_A_TASK, f"`{ast.unparse(node.func)}` is neither a task nor a workflow", node.func)

    def _call_external(self, entity: External, node: ast.Call) -> Value:
        frame = self._frame
        if entity.symbol == "map_task":
            return mapping.make(self, frame, node)
        if entity.symbol == "functools.partial":
            return function_calls.partial(self, frame, node)
        if function_calls.is_create_node(entity):
            return function_calls.create_node(self, frame, node)
        if entity.qualified == "builtins.print":
            return self._drop_print(node)
        if entity.symbol in NOT_YET:
            for argument in (*node.args, *(keyword.value for keyword in node.keywords)):
                if frame.promise_in(argument) is not None:  # calls in it have mistakes of their own
                    self.evaluate(argument)
            return refusals.refuse(frame, entity, node.func)
        values, named = self.arguments(node)
        elsewhere = (
            frame.services.resolver.elsewhere(entity, frame.module) if not entity.qualified.startswith("builtins.") else ""
        )
        if elsewhere:
            return frame.report(codes.NOT_A_TASK, f"`{entity.qualified}` is not found from this file", node.func, help_=elsewhere)
        given = [value for value, _ in values] + [value for _, value in named]
        if any(isinstance(value, Broken) for value in given):
            return BROKEN
        if all(isinstance(value, Static) for value in given):
            return self._static(node)
        name = entity.qualified.removeprefix("builtins.")
        source = next(value for value in given if not isinstance(value, Static))
        message = f"`{name}` needs the value of {describe_source(source)}, which exists only when the workflow runs"
        return frame.report(codes.PROMISE_OPERATION, message, node, help_=f"call `{name}` inside a task")

    def _construct(self, entity: ClassEntity | Constant, node: ast.Call) -> Value:
        values, named = self.arguments(node)
        given = [value for value, _ in values] + [value for _, value in named]
        if any(isinstance(value, Broken) for value in given):
            return BROKEN
        if all(isinstance(value, Static) for value in given):
            return self._static(node)
        definition = self._frame.services.classes.named_tuple(entity)
        if definition is not None:
            return self._named_tuple(definition, node, [value for value, _ in values], named)
        name = ast.unparse(node.func)
        message = f"`{name}` cannot be built from results in a workflow yet"
        return self._frame.report(codes.UNSUPPORTED_EXPRESSION, message, node, help_=f"build `{name}` in a task")

    def _named_tuple(
        self, definition: ClassDef, node: ast.Call, values: list[Value], named: list[tuple[ast.keyword, Value]]
    ) -> Value:
        names = [field.name for field in definition.fields]
        given = dict(zip(names, values, strict=False)) | {keyword.arg or "": value for keyword, value in named}
        defaults = self._frame.services.classes.defaults.get(f"{definition.module}.{definition.qualname}", {})
        found: dict[str, Value] = {name: Static(value) for name, value in defaults.items()} | given
        if set(found) != set(names) or len(values) + len(named) != len(given):
            message = f"`{definition.qualname}` takes {', '.join(names)}"
            return self._frame.report(codes.UNPACKING_MISMATCH, message, node)
        return self._sized(Group("tuple", tuple(found[name] for name in names), tuple(names)), node)

    def _apply(self, function: Value, node: ast.Call) -> Value:
        """Call a task, a workflow, or a mapped task."""
        values, named = self.arguments(node)
        if isinstance(function, Function):
            arguments = calls.bind_arguments(self._frame, function, node, values, named)
            return value_of(calls.call(self._frame, function.callee, node, arguments))
        if isinstance(function, Mapped):
            return mapping.call(self._frame, function, node, values, named)
        if isinstance(function, Broken):
            return function
        message = f"{describe_source(function)} cannot be called"
        return self._frame.report(codes.NOT_A_TASK, message, node.func)

    def arguments(self, node: ast.Call) -> tuple[list[Argument], list[tuple[ast.keyword, Value]]]:
        """Values of a call's arguments, by position and by name."""
        values: list[Argument] = []
        for argument in node.args:
            if isinstance(argument, ast.Starred):
                inner = self.evaluate(argument.value)
                parts = parts_of(inner)
                if parts is None and not isinstance(inner, Broken):
                    self._frame.report(
                        codes.UNSUPPORTED_EXPRESSION,
                        f"{describe_source(inner)} cannot be unpacked with `*`",
                        argument,
                        help_="write the values out",
                    )
                values.extend((part, argument.value) for part in parts or ())
            else:
                values.append((self.evaluate(argument), argument))
        return values, [(keyword, self.evaluate(keyword.value)) for keyword in node.keywords]

    def _drop_print(self, node: ast.Call) -> Value:
        for argument in (*node.args, *(keyword.value for keyword in node.keywords)):
            if self._frame.calls_task(argument):  # what is called is no part of what is dropped
                self.evaluate(argument.value if isinstance(argument, ast.Starred) else argument)
        self._frame.report(
            codes.DROPPED_PRINT,
            "`print` in a workflow does nothing when it runs: it is dropped",
            node,
            help_="print inside a task",
        )
        return Static(None)

    def _unusable(self, entity: Unresolved | UnstableEntity, node: ast.expr) -> Broken:
        text = ast.unparse(node)
        if isinstance(entity, Unresolved):
            if entity.reported:
                return Broken()
            local = ""
            if isinstance(node, ast.Name) and not entity.help:
                local = did_you_mean(node.id, self._frame.variables)
            return self._frame.report(
                codes.UNRESOLVED_NAME, f"`{text}` cannot be resolved: {entity.reason}", node, help_=entity.help or local
            )
        message = f"`{text}` cannot be used in a workflow: {entity.reason}"
        related = ((Place(entity.module, entity.node), "here"),)
        return self._frame.report(
            codes.UNSTABLE_NAME, message, node, help_="bind the name once, unconditionally, at module level", related=related
        )


def _pairs_of(value: Value) -> list[tuple[StaticValue, Value]] | None:
    """Keys and values of a dict, or ``None``."""
    if isinstance(value, Group) and value.kind == "dict":
        return list(zip(value.keys, value.items, strict=True))
    if isinstance(value, Static) and isinstance(value.value, dict):
        return [(key, Static(item)) for key, item in value.value.items()]
    return None


def _can_be_key(value: StaticValue) -> bool:
    try:
        hash(value)
    except TypeError:
        return False
    return True
