"""Keywords of ``map_task``: how many elements run at a time, how many may fail, and how the mapped task runs."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

import msgspec

from dagwright_compiler.diagnostics import codes
from dagwright_compiler.diagnostics.suggestions import did_you_mean
from dagwright_compiler.frontend.findings import name_of_argument
from dagwright_compiler.frontend.known_values import KnownCall
from dagwright_compiler.frontend.policy_keywords import READERS
from dagwright_compiler.frontend.promises import Broken, MapOptions, Static
from dagwright_compiler.frontend.wire_values import describe

if TYPE_CHECKING:
    from collections.abc import Callable

    from dagwright_compiler.frontend.expressions import Expressions
    from dagwright_compiler.frontend.frames import Frame
    from dagwright_compiler.frontend.promises import Callee

_BIND = "bind them: `map_task(functools.partial(f, y=1))(x=values)`"
_OF_NO_USE = {"bound_inputs": _BIND, "bound_inputs_values": _BIND}
TARGETS = ("target", "task_function")
"""Names of the first parameter: flytekit's of today, and its older one."""
_METADATA = "TaskMetadata"
_IN_METADATA = (
    "annotations",
    "cache",
    "cache_ignore_input_vars",
    "cache_serialize",
    "cache_version",
    "deprecated",
    "interruptible",
    "labels",
    "pod_template_name",
    "retries",
    "timeout",
)


def read(expressions: Expressions, frame: Frame, node: ast.Call, callee: Callee | None) -> MapOptions:
    """Read the keywords of a call of ``map_task``; each that is wrong is a finding and counts as absent."""
    found: dict[str, object] = {}
    places: dict[str, ast.expr] = {}
    for keyword in node.keywords:
        name = keyword.arg or "**"
        if name in TARGETS and not node.args:
            continue
        if name in _OF_NO_USE:
            message = f"`{name}` of `map_task` is not supported"
            frame.report(codes.NOT_SUPPORTED_YET, message, keyword, help_=_OF_NO_USE[name])
        elif name == "metadata":
            found.update(_metadata(expressions, frame, keyword, callee))
        elif name in _READERS:
            places[name] = keyword.value
            value = _static(expressions, frame, keyword)
            if value is None or value.value is None:
                continue
            found[name] = _READERS[name](frame, keyword, value.value)
        else:
            _unknown(frame, keyword)
    if found.get("min_success_ratio") is not None and found.get("min_successes") is not None:
        message = "`min_successes` and `min_success_ratio` say the same thing in two ways"
        frame.report(codes.WRONG_MAP, message, places["min_success_ratio"], help_="give one of them")
    known = {name: value for name, value in found.items() if value is not None and name in MapOptions.__struct_fields__}
    return msgspec.structs.replace(MapOptions(places=places), **known)


def _static(expressions: Expressions, frame: Frame, keyword: ast.keyword) -> Static | None:
    value = expressions.evaluate(keyword.value)
    if isinstance(value, Static):
        return value
    if not isinstance(value, Broken):
        message = f"`{keyword.arg}` must be known while compiling"
        frame.report(codes.PROMISE_OPERATION, message, keyword.value, help_="write the value itself, or a constant of the module")
    return None


def _concurrency(frame: Frame, keyword: ast.keyword, value: object) -> int | None:
    if type(value) is int and value >= 0:
        return value
    message = f"`concurrency` must be a whole number from 0 (no limit), found {describe(value)}"
    help_ = f"write `{value}`" if isinstance(value, str) and value.isdecimal() else "write `concurrency=10`, or leave it out"
    frame.report(codes.WRONG_MAP, message, keyword.value, help_=help_)
    return None


def _ratio(frame: Frame, keyword: ast.keyword, value: object) -> float | None:
    if type(value) in (int, float) and 0 <= value <= 1:  # type: ignore[operator]
        return float(value)  # type: ignore[arg-type]
    is_percentage = type(value) in (int, float) and 1 < value <= 100  # type: ignore[operator]
    help_ = f"write `{value / 100:g}` for {value:g} %" if is_percentage else ""  # type: ignore[operator]
    message = f"`min_success_ratio` must be a number from 0 to 1, found {describe(value)}"
    frame.report(codes.WRONG_MAP, message, keyword.value, help_=help_)
    return None


def _successes(frame: Frame, keyword: ast.keyword, value: object) -> int | None:
    if type(value) is int and value >= 0:
        return value
    help_ = "a share of the elements is `min_success_ratio`" if type(value) is float else ""
    message = f"`min_successes` must be a whole number from 0, found {describe(value)}"
    frame.report(codes.WRONG_MAP, message, keyword.value, help_=help_)
    return None


def _run_all(frame: Frame, keyword: ast.keyword, value: object) -> None:
    """Elements never wait for the success of others, so it changes nothing."""
    if not isinstance(value, bool):
        frame.report(codes.WRONG_MAP, f"`run_all_sub_nodes` takes `True` or `False`, found {describe(value)}", keyword.value)


def _security(frame: Frame, keyword: ast.keyword, _value: object) -> None:
    frame.report(
        codes.NOT_SUPPORTED_YET,
        "`security_ctx` of `map_task` is not supported",
        keyword,
        help_="name secrets in the task's own decorator, `@task(secret_requests=[...])`, and the service account in the settings",
    )


_READERS: dict[str, Callable[[Frame, ast.keyword, object], object]] = {
    "concurrency": _concurrency,
    "min_success_ratio": _ratio,
    "min_successes": _successes,
    "run_all_sub_nodes": _run_all,
    "security_ctx": _security,
}


def _metadata(expressions: Expressions, frame: Frame, keyword: ast.keyword, callee: Callee | None) -> dict[str, object]:
    """Policy of the mapped task: its own, with what ``TaskMetadata(...)`` names in the place of the same keywords."""
    value = _static(expressions, frame, keyword)
    if value is None or value.value is None or callee is None:
        return {}
    made = value.value
    if not isinstance(made, KnownCall) or made.symbol != _METADATA:
        message = f"`metadata` takes a `TaskMetadata`, found {describe(made)}"
        frame.report(codes.WRONG_MAP, message, keyword.value, help_="write `metadata=TaskMetadata(retries=3)`")
        return {}
    whole = made.places[""]
    keywords = []
    for name in made.arguments:
        place = made.places[name]
        if place.node is whole.node or not isinstance(place.node, ast.expr):
            frame.report(
                codes.WRONG_MAP, "`TaskMetadata` takes keywords only", keyword.value, help_=f"name the value: `{name}=...`"
            )
            return {}
        if name not in _IN_METADATA:
            help_ = did_you_mean(name, _IN_METADATA) or f"its keywords are {', '.join(_IN_METADATA)}"
            frame.services.findings.add(
                codes.UNKNOWN_OPTION, f"`TaskMetadata` has no keyword `{name}`", name_of_argument(place), help=help_
            )
            continue
        keywords.append(ast.copy_location(ast.keyword(name, place.node), place.node))
    scope = frame.lookup if whole.module is frame.module else None
    policy, places = frame.services.policies.override(keywords, whole.module, callee.policy, scope)
    return {"policy": policy, "policy_places": places}


def _unknown(frame: Frame, keyword: ast.keyword) -> None:
    names = (*_READERS, "metadata")
    help_ = did_you_mean(keyword.arg or "", names) or _of_task(keyword.arg or "**")
    message, at = f"`map_task` has no keyword `{keyword.arg or '**'}`", frame.module.keyword_span(keyword)
    frame.services.findings.add(codes.UNKNOWN_OPTION, message, at, help=help_)


def _of_task(name: str) -> str:
    """Where a keyword belongs that is not the map's: to its metadata, to an override of the map, or to the task."""
    if name in _IN_METADATA:
        return f"write `metadata=TaskMetadata({name}=...)`"
    if name in READERS:
        return f"write it behind the call: `map_task(f)(x=values).with_overrides({name}=...)`"
    return "arguments of the task stand in the second pair of parentheses"
