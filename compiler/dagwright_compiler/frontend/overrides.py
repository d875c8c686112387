"""``.with_overrides(...)`` on a call or on a variable that holds its result."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dagwright_compiler.diagnostics import codes
from dagwright_compiler.diagnostics.suggestions import did_you_mean
from dagwright_compiler.frontend.node_names import mangle
from dagwright_compiler.frontend.not_static import NotStatic
from dagwright_compiler.frontend.option_advice import named
from dagwright_compiler.frontend.policy_keywords import NODE_NAMES
from dagwright_compiler.frontend.promises import Broken, Promise, Result, Static, Value, describe_source
from dagwright_compiler.frontend.wire_values import describe

if TYPE_CHECKING:
    import ast

    from dagwright_compiler.frontend.frames import Frame
    from dagwright_compiler.frontend.promises import Call


def override(frame: Frame, owner: Value, node: ast.Call) -> Value:
    """Change how one call runs; the call itself stays what the expression gives."""
    call = owner.call if isinstance(owner, Promise | Result) else None
    if call is None:
        message = f"{describe_source(owner)} has nothing to override"
        return frame.report(codes.WRONG_OVERRIDE, message, node, help_="call `with_overrides` on the result of a task")
    if node.args:
        frame.report(codes.WRONG_OVERRIDE, "`with_overrides` takes keywords only", node.args[0], help_=named(node.args[0]))
    for keyword in node.keywords:
        if keyword.arg in NODE_NAMES:
            _rename(frame, call, keyword)
    others = [keyword for keyword in node.keywords if keyword.arg not in NODE_NAMES]
    if others and call.kind == "graph":
        message = f"`{others[0].arg or '**'}` cannot be overridden on the workflow `{call.callee.node.name}`"
        frame.report(codes.WRONG_OVERRIDE, message, others[0], help_="override it on the calls of tasks inside the workflow")
    elif others and call.kind == "gate":
        message = f"`{others[0].arg or '**'}` cannot be overridden on `{call.callee.node.name}`, which runs nothing"
        frame.report(codes.WRONG_OVERRIDE, message, others[0], help_="override it on the calls of tasks")
    elif others:
        base = call.policy or call.callee.policy
        call.policy, places = frame.services.policies.override(others, frame.module, base, frame.lookup)
        call.policy_places = {**call.policy_places, **places}
        _check_ignored(frame, call)
    return owner


def _rename(frame: Frame, call: Call, keyword: ast.keyword) -> None:
    value = _static(frame, keyword)
    if isinstance(value, Broken):
        return
    if not isinstance(value.value, str):
        message = f"`{keyword.arg}` takes text, found {describe(value.value)}"
        frame.report(codes.WRONG_NODE_NAME, message, keyword.value, help_=f'write `{keyword.arg}="first-step"`')
    elif not mangle(value.value):
        help_ = "use lower-case letters, digits and `-`"
        frame.report(
            codes.WRONG_NODE_NAME,
            f"`{value.value}` has no letter or digit that a node's name could keep"
            if value.value
            else "the node's name is empty",
            keyword.value,
            help_=help_,
        )
    elif keyword.arg == "node_name":
        call.node_name, call.node_name_place = value.value, frame.place(keyword.value)
    elif not call.node_name:
        call.node_name = value.value


def _static(frame: Frame, keyword: ast.keyword) -> Static | Broken:
    try:
        return Static(frame.services.evaluator.evaluate(keyword.value, frame.module, frame.lookup))
    except NotStatic as error:
        error.report(frame.services.findings, f"`{keyword.arg}`")
        return Broken()


def _check_ignored(frame: Frame, call: Call) -> None:
    if call.policy is None or call.policy.cache is None or "cache.ignore" not in call.policy_places:
        return
    for name in call.policy.cache.ignore:
        if name not in call.callee.interface.by_name:
            place = call.policy_places["cache.ignore"]
            message = f"the cache is to ignore the input `{name}`, which the task does not have"
            help_ = did_you_mean(name, call.callee.interface.by_name)
            frame.services.findings.add(codes.INCONSISTENT_CACHE, message, place, help=help_)
