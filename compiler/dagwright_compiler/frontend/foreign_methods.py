"""Methods that other tools give tasks and their results, and what says the same here. Only looked at once something is wrong."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from dagwright_compiler.diagnostics.suggestions import did_you_mean

if TYPE_CHECKING:
    from dagwright_compiler.frontend.promises import Promise

_CALL = "call it with its inputs by name: `{name}(x=...)`"
_MAP = "write `map_task({name})(x=values)`"
_OPTIONS = "call it, and change the call: `{name}(x=...).with_overrides(...)`"
_OF_TASKS = {
    "submit": _CALL,
    "delay": _CALL,
    "apply_async": _CALL,
    "remote": _CALL,
    "run": _CALL,
    "fn": _CALL,
    "s": _CALL,
    "si": _CALL,
    "bind": _CALL,
    "map": _MAP,
    "starmap": _MAP,
    "expand": _MAP,
    "expand_kwargs": _MAP,
    "partial": "write `functools.partial({name}, x=...)`",
    "options": _OPTIONS,
    "override": _OPTIONS,
    "with_options": _OPTIONS,
    "alias": 'write `{name}(x=...).with_overrides(node_name="...")`',
}
_ORDER = "order calls with `>>`: `first >> second`"
_DIRECT = "leave it out: pass the result itself on to the task that needs it"
_LIMITS = 'write `.with_overrides(limits=Resources(cpu="1", mem="1Gi"))`'
_REQUESTS = 'write `.with_overrides(requests=Resources(cpu="1", mem="1Gi"))`'
_OF_RESULTS = {
    "after": _ORDER,
    "set_upstream": _ORDER,
    "set_downstream": _ORDER,
    "wait_for": _ORDER,
    "result": _DIRECT,
    "wait": _DIRECT,
    "set_cpu_limit": _LIMITS,
    "set_memory_limit": _LIMITS,
    "set_gpu_limit": _LIMITS,
    "set_accelerator_limit": _LIMITS,
    "set_cpu_request": _REQUESTS,
    "set_memory_request": _REQUESTS,
    "set_retry": "write `.with_overrides(retries=3)`",
    "set_env_variable": 'write `environment={"NAME": "value"}` in the `@task`',
    "set_display_name": 'write `.with_overrides(node_name="...")`',
    "set_caching_options": 'write `cache=True, cache_version="1"` in the `@task`',
}


def of_value(value: Promise, node: ast.Call) -> str:
    """What to write for a method that values of a result's type have, and that is called in a workflow."""
    assert isinstance(node.func, ast.Attribute)
    kind, method = value.type.kind, node.func.attr
    key = node.args[0] if node.args else None
    if kind == "dict" and method == "get" and isinstance(key, ast.Constant):
        return f"write `{ast.unparse(node.func.value)}[{key.value!r}]`, where the key is always there, or call it inside a task"
    if kind == "dict" and method in ("items", "keys", "values"):
        return (
            "loop inside a task that takes the dict"
            if method == "items"
            else f"call `.{method}()` inside a task that takes the dict"
        )
    return f"call `.{method}()` inside a task"


def of_task(method: str, name: str) -> str:
    """What to write for a method of a task."""
    return _OF_TASKS.get(method, _CALL).format(name=name)


def of_result(method: str) -> str:
    """What to write for a method of a result, or for one of its own that is misspelt; empty for a method that values may have."""
    return _OF_RESULTS.get(method) or did_you_mean(method, ("runs_before", "with_overrides"))
