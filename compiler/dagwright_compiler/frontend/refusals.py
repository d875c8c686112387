"""Calls of what flytekit knows and this version does not compile: one finding each, where the name stands.

A person writes ``conditional("size").if_(...).then(...)`` or calls an object that ``ContainerTask(...)`` made at the head of the
file; what is wrong is the one name, not the chain of attributes or the arguments around it.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from dagwright_compiler.diagnostics import codes
from dagwright_compiler.frontend.entities import ClassEntity, Constant, External, FunctionEntity
from dagwright_compiler.frontend.findings import Place
from dagwright_compiler.frontend.foreign_methods import of_task
from dagwright_compiler.frontend.names import NOT_YET, ONLY_IN_TASKS, unsupported

if TYPE_CHECKING:
    from dagwright_compiler.frontend.entities import Entity
    from dagwright_compiler.frontend.frames import Frame
    from dagwright_compiler.frontend.promises import Broken

_PLUGINS = ("flytekit", "flytekitplugins", "unionai", "union")
_AT_MODULE_LEVEL = "define the task as a function of the module: a pod finds it by its module and name"
_INSTEAD = "do its work in a function decorated with `@task`"


def refuse_chain(frame: Frame, node: ast.Call) -> Broken | None:
    """Report ``name(...).a(...).b(...)`` whose ``name`` is known and not compiled; ``None`` where it is something else."""
    part: ast.expr = node.func
    while isinstance(part, ast.Attribute | ast.Call):
        if isinstance(part, ast.Call):
            entity = frame.entity(part.func)
            if isinstance(entity, External) and unsupported(entity.qualified):
                return refuse(frame, entity, part.func)
            part = part.func
        else:
            part = part.value
    return None


def refuse(frame: Frame, entity: External, node: ast.expr) -> Broken:
    """Report a name that is known and not compiled, or that only tasks may use."""
    if entity.symbol in ONLY_IN_TASKS:
        return frame.report(codes.UNSUPPORTED_EXPRESSION, ONLY_IN_TASKS[entity.symbol], node, help_="use it inside a task")
    known = unsupported(entity.qualified)
    return frame.report(codes.NOT_SUPPORTED_YET, f"`{known}` is not supported yet", node, help_=NOT_YET[known])


def refuse_function(frame: Frame, entity: FunctionEntity, node: ast.expr) -> Broken:
    """Report a call of a function that is neither task nor workflow."""
    name, decorators = entity.node.name, entity.node.decorator_list
    if decorators:
        outermost = decorators[0].func if isinstance(decorators[0], ast.Call) else decorators[0]
        message = f"`{name}` is not a task: what `@{ast.unparse(outermost)}` makes of it is not known while compiling"
        help_ = f"decorate `{name}` with `@task` too, or call it inside a task"
    else:
        message = f"`{name}` is a plain function, and compiling never runs it"
        help_ = f"decorate `{name}` with `@task`, or call it inside a task"
    related = ((Place(entity.module, entity.node), "it is defined here"),)
    return frame.report(codes.NOT_A_TASK, message, node, help_=help_, related=related)


def refuse_method(frame: Frame, node: ast.expr) -> Broken | None:
    """Report a method of a task, which has none: other tools submit and map so; ``None`` where it is something else."""
    if not isinstance(node, ast.Attribute):
        return None
    entity = frame.entity(node.value)
    kind = frame.services.definitions.decoration(entity).kind if isinstance(entity, FunctionEntity) else "function"
    if not isinstance(entity, FunctionEntity) or kind not in ("task", "workflow"):
        return None
    name = entity.node.name
    message = f"the {kind} `{name}` has no method `{node.attr}`"
    return frame.report(codes.NOT_A_TASK, message, node, help_=of_task(node.attr, name))


def refuse_other(frame: Frame, node: ast.expr) -> Broken:
    """Report a call of something that is no function of a module, such as a method."""
    message = f"`{ast.unparse(node)}` is neither a task nor a workflow"
    return frame.report(codes.NOT_A_TASK, message, node, help_=_AT_MODULE_LEVEL)


def refuse_instance(frame: Frame, entity: Entity, node: ast.Call) -> Broken | None:
    """Report a call of an object that a function or a constructor outside the project made; ``None`` where the name is no such object."""
    if not (isinstance(entity, Constant) and isinstance(entity.value, ast.Call)):
        return None
    made_by = frame.services.resolver.expression(entity.value.func, entity.module)
    if isinstance(made_by, FunctionEntity):
        return _refuse_made(frame, entity, made_by, node)
    if isinstance(made_by, ClassEntity):
        message = f"`{entity.name}` is an object of `{made_by.qualname}`, and compiling runs no methods"
        return frame.report(codes.NOT_A_TASK, message, node.func, help_=_INSTEAD)
    if not isinstance(made_by, External):
        return None
    related = ((Place(entity.module, entity.value.func), f"`{entity.name}` is made here"),)
    known = unsupported(made_by.qualified)
    if known:
        message = f"`{entity.name}` is a `{known}`, which is not supported yet"
        help_ = _of_launch_plan(entity.value) if known == "LaunchPlan" else NOT_YET[known]
        return frame.report(codes.NOT_SUPPORTED_YET, message, node.func, help_=help_, related=related)
    if made_by.symbol in ("task", "workflow"):
        message = f"`{entity.name}` is made of something other than a function of a module"
        help_ = f"write a function: `def {entity.name}(...)` under `@{made_by.symbol}`"
        return frame.report(codes.WRONG_FUNCTION, message, node.func, help_=help_, related=related)
    if made_by.qualified.partition(".")[0] in _PLUGINS and not made_by.symbol:
        kind = made_by.qualified.rpartition(".")[2]
        message = f"`{entity.name}` is a `{kind}`, a kind of task that is not supported yet"
        return frame.report(codes.NOT_SUPPORTED_YET, message, node.func, help_=_INSTEAD, related=related)
    return None


def _of_launch_plan(call: ast.Call) -> str:
    """What to call in the place of a launch plan: its workflow."""
    given = next((keyword.value for keyword in call.keywords if keyword.arg == "workflow"), None)
    found = given or next((argument for argument in call.args if isinstance(argument, ast.Name | ast.Attribute)), None)
    return f"call the workflow itself: `{ast.unparse(found)}(...)`" if found is not None else "call the workflow itself"


def _refuse_made(frame: Frame, entity: Constant, maker: FunctionEntity, node: ast.Call) -> Broken:
    """Report a call of what a function gave when the file was imported: a task in it has no name that a pod could find."""
    message = f"`{entity.name}` is what `{maker.node.name}` gives, and compiling calls no functions"
    inner = next((part for part in maker.node.body if isinstance(part, ast.FunctionDef) and part.decorator_list), None)
    related = [(Place(entity.module, entity.node), f"`{entity.name}` is made here")]
    if inner is not None:
        related.append((Place(maker.module, inner), "this stands inside a function"))
    return frame.report(codes.NOT_A_TASK, message, node.func, help_=_AT_MODULE_LEVEL, related=tuple(related))
