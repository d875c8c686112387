"""``map_task``: making a mapped task, and calling it over lists."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from dagwright_compiler.diagnostics import codes
from dagwright_compiler.frontend import map_options
from dagwright_compiler.frontend.calls import bind_given, bind_inputs, mapped_type
from dagwright_compiler.frontend.entities import Constant, External, FunctionEntity
from dagwright_compiler.frontend.findings import Place
from dagwright_compiler.frontend.groups import describe_group
from dagwright_compiler.frontend.origins import source_places
from dagwright_compiler.frontend.promises import (
    BROKEN,
    Broken,
    Built,
    Call,
    Function,
    Group,
    Mapped,
    Promise,
    Record,
    Static,
    Value,
    value_of,
)
from dagwright_compiler.frontend.typing_rules import spell
from dagwright_compiler.frontend.wire_values import describe
from dagwright_compiler.ir.program import Field, LiteralBinding

if TYPE_CHECKING:
    from dagwright_compiler.frontend.entities import Entity
    from dagwright_compiler.frontend.expressions import Expressions
    from dagwright_compiler.frontend.frames import Frame
    from dagwright_compiler.frontend.promises import Argument, Bound, Callee
    from dagwright_compiler.source import Span

_LONGEST_SHOWN = 30


def make(expressions: Expressions, frame: Frame, node: ast.Call) -> Value:
    """``map_task(f, concurrency=...)``."""
    first = node.args[0] if node.args else next((item.value for item in node.keywords if item.arg in map_options.TARGETS), None)
    if first is None:
        return frame.report(codes.WRONG_MAP, "`map_task` lacks the task to map", node, help_="write `map_task(f)(x=values)`")
    if len(node.args) > 1:
        return frame.report(
            codes.WRONG_MAP,
            "`map_task` takes one task; the rest are keywords",
            node.args[1],
            help_="write `map_task(f, concurrency=10)(x=values)`",
        )
    function = _target(expressions, frame, first)
    options = map_options.read(expressions, frame, node, None if function is None else function.callee)
    return Mapped(function, options)


def call(frame: Frame, mapped: Mapped, node: ast.Call, values: list[Argument], named: list[tuple[ast.keyword, Value]]) -> Value:
    """``map_task(f)(x=values)``: one element of each list for each run of the task; what is bound stays whole."""
    made = add_call(frame, mapped, node, values, named)
    return BROKEN if made is None else value_of(made)


def add_call(
    frame: Frame, mapped: Mapped, node: ast.Call, values: list[Argument], named: list[tuple[ast.keyword, Value]]
) -> Call | None:
    """Add the call of a mapped task to the graph; ``None`` after a finding that leaves nothing to call."""
    function = mapped.function
    if function is None:
        return None
    callee = function.callee
    arguments, failed = bind_given(frame, function, values, named)
    lists = [field for field in callee.interface.inputs if field.name in arguments and field.name not in function.bound]
    if failed or not _is_complete(frame, function, node, arguments, lists):
        return None
    made = Call(
        "map",
        callee,
        node,
        tuple(Field(name=out.name, type=mapped.options.type_of_list(out.type)) for out in callee.interface.outputs),
        {},
        {},
        [],
        over=lists[0].name,
        along=tuple(field.name for field in lists[1:]),
        options=mapped.options,
        policy=mapped.options.policy,
        policy_places=mapped.options.policy_places,
    )
    are_lists = [_is_list(frame, callee, field, arguments[field.name]) for field in lists]  # each has its own finding
    if all(are_lists):
        bind_inputs(frame, made, arguments, {field.name: mapped_type(field) for field in lists})
        _check_lengths(frame, made, lists)
        _check_successes(frame, made)
    frame.add_call(made)
    return made


def _is_complete(frame: Frame, function: Function, node: ast.Call, arguments: dict[str, Argument], lists: list[Field]) -> bool:
    """Check that there is a list to run over and that nothing else is missing."""
    callee = function.callee
    inputs = callee.interface.inputs
    if not lists:
        free = [field.name for field in inputs if field.name not in function.bound]
        help_ = (
            f"pass `{free[0]}=...`" if free else "bind fewer inputs: what `functools.partial` binds is the same for all elements"
        )
        frame.report(codes.WRONG_MAP, "a map lacks the list to run over", node, help_=help_)
        return False
    others = [field.name for field in inputs if field.name not in arguments and not (field.has_default or field.deferred)]
    if others:
        name, other = callee.node.name, others[0]
        frame.report(
            codes.WRONG_MAP,
            f"`{name}` also needs `{other}`",
            node.func,
            help_=f"pass a list for it too, or bind one value for all: `map_task(functools.partial({name}, {other}=...))`",
        )
    return not others


def _check_lengths(frame: Frame, made: Call, lists: list[Field]) -> None:
    """Compare the lengths of lists that are written out."""
    known = [(field.name, length) for field in lists if (length := _length(made.bindings.get(field.name))) is not None]
    for name, length in known[1:]:
        first, expected = known[0]
        if length != expected:
            message = f"a map runs over lists of one length, but `{first}` has {expected} and `{name}` has {length}"
            frame.report(codes.WRONG_MAP, message, made.arguments[name])
            return


def _check_successes(frame: Frame, made: Call) -> None:
    """Compare how many elements must succeed with how many there are, where the list is written out."""
    asked, length = made.options.min_successes, _length(made.bindings.get(made.over))
    if asked is not None and length is not None and asked > length:
        message = f"{asked} elements must succeed, but `{made.over}` has {length}"
        related = ((frame.place(made.arguments[made.over]), "this is the list"),)
        place = made.options.places.get("min_successes", made.node)
        frame.report(codes.WRONG_MAP, message, place, related=related, help_="a share of the elements is `min_success_ratio`")


def _length(bound: Bound | None) -> int | None:
    if isinstance(bound, LiteralBinding):
        return len(bound.value)
    return len(bound.items) if isinstance(bound, Built) else None


def _target(expressions: Expressions, frame: Frame, node: ast.expr) -> Function | None:
    value = expressions.evaluate(node) if _makes_function(frame, node) else expressions.reference(node)
    if isinstance(value, Function):
        callee = value.callee
        if callee.kind == "workflow":
            message = f"the workflow `{callee.node.name}` cannot be mapped: only a task runs once for each element"
            frame.report(codes.WRONG_MAP, message, node, help_=f"map the tasks of `{callee.node.name}` one after the other")
        elif callee.interface.returns in ("tuple", "namedtuple"):
            message = f"`{callee.node.name}` gives {len(callee.interface.outputs)} values, and a map collects one"
            frame.report(codes.WRONG_MAP, message, node, help_="return one dataclass")
        elif not callee.interface.inputs:
            frame.report(codes.WRONG_MAP, f"`{callee.node.name}` has no input to map over", node)
        else:
            return value
        return None
    if isinstance(value, Mapped):
        if value.function is not None:
            message = f"`{ast.unparse(node)}` is mapped already, and a map of a map is not supported"
            help_ = f"return the results from a task, and map `{value.function.callee.node.name}` over one flat list"
            frame.report(codes.WRONG_MAP, message, node, help_=help_)
        return None
    if value is not None:
        if not isinstance(value, Broken):
            frame.report(
                codes.WRONG_MAP,
                "`map_task` takes a task",
                node,
                help_="write `map_task(f)(x=values)` with a function decorated with `@task`",
            )
        return None
    _refuse_target(frame, node)
    return None


def _makes_function(frame: Frame, node: ast.expr) -> bool:
    """Whether an expression is a call that gives something to call."""
    if not isinstance(node, ast.Call):
        return False
    entity = frame.entity(node.func)
    return isinstance(entity, External) and entity.symbol in ("functools.partial", "map_task")


def _refuse_target(frame: Frame, node: ast.expr) -> None:
    called = node.func if isinstance(node, ast.Call) else node
    entity = frame.entity(called)
    if _is_launch_plan(frame, entity):
        message = f"the launch plan `{ast.unparse(node)}` cannot be mapped: only a task runs once for each element"
        frame.report(codes.WRONG_MAP, message, node, help_="map the tasks of its workflow one after the other")
    elif isinstance(node, ast.Call) and isinstance(entity, FunctionEntity):
        frame.report(
            codes.WRONG_MAP,
            "`map_task` takes the task itself, not a call of it",
            node,
            help_=f"write `map_task({ast.unparse(called)})(...)`",
        )
    else:
        name = entity.node.name if isinstance(entity, FunctionEntity) else ""
        help_ = (
            f"decorate `{name}` with `@task`" if name else "write `map_task(f)(x=values)` with a function decorated with `@task`"
        )
        related = ((Place(entity.module, entity.node), "it is defined here"),) if isinstance(entity, FunctionEntity) else ()
        frame.report(codes.WRONG_MAP, f"`{ast.unparse(node)}` is not a task", node, help_=help_, related=related)


def _is_launch_plan(frame: Frame, entity: Entity | None) -> bool:
    """Whether a name of a module holds what ``LaunchPlan(...)`` or one of its class methods gives."""
    value = entity.value if isinstance(entity, Constant) else None
    if not isinstance(entity, Constant) or not isinstance(value, ast.Call):
        return False
    made_by = value.func.value if isinstance(value.func, ast.Attribute) else value.func
    found = frame.services.resolver.expression(made_by, entity.module)
    return isinstance(found, External) and found.qualified.rpartition(".")[2] == "LaunchPlan"


def _is_list(frame: Frame, callee: Callee, field: Field, argument: Argument) -> bool:
    value, node = argument
    help_ = ""
    related: tuple[tuple[Place | Span | None, str], ...] = ()
    if isinstance(value, Promise) and value.type.kind not in ("list", "unknown"):
        found, related = f"but this is `{spell(value.type)}`", tuple(source_places(frame, value))
    elif isinstance(value, Group) and value.kind != "list":
        found, help_ = f"but this is {describe_group(value)}", "write `[...]`"
    elif isinstance(value, Record):
        found = f"but this is `{spell(value.type)}`"
    elif isinstance(value, Static) and not isinstance(value.value, list):
        found = f"found {describe(value.value)}"
        if isinstance(value.value, tuple):
            help_ = "write `[...]`"
    else:
        return True
    message = f"a map of `{callee.node.name}` takes a list for `{field.name}`, {found}"
    label = f"expected `{spell(mapped_type(field))}`"
    frame.report(
        codes.NOT_A_LIST, message, node, label=label, related=related, help_=help_ or _instead_of_one(callee, field, node)
    )
    return False


def _instead_of_one(callee: Callee, field: Field, node: ast.expr) -> str:
    """What to write for one value where a map takes a list of them."""
    name, expected = callee.node.name, spell(mapped_type(field))
    if len(callee.interface.inputs) == 1:
        return f"give `{expected}`, or call `{name}` without `map_task`"
    text = ast.unparse(node)
    shown = text if len(text) <= _LONGEST_SHOWN else "..."
    return f"if it is the same for all elements, bind it: `map_task(functools.partial({name}, {field.name}={shown}))(...)`"
