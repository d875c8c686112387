"""Finds where parts of definitions and calls stand, from the syntax trees, when a message asks for it.

Making every span beforehand is a tenth of a large compile, and a compile without findings needs none.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dagwright_compiler.frontend.decorators import Policies
    from dagwright_compiler.frontend.promises import Call, Callee
    from dagwright_compiler.source import Span


class LateSpans:
    """A ``SpanFinder`` over what was elaborated; ``policies`` reads decorators again, for where their keywords stand."""

    def __init__(self, policies: Policies) -> None:
        self._policies = policies
        self._callees: dict[str, Callee] = {}
        self._calls: dict[str, tuple[list[Call], dict[int, str]]] = {}
        self._by_id: dict[str, dict[str, Call]] = {}

    def add_callee(self, callee: Callee) -> None:
        """Take a task or workflow."""
        self._callees[callee.name] = callee

    def add_calls(self, workflow: str, calls: list[Call], ids: dict[int, str]) -> None:
        """Take the calls of a workflow's body, and their node ids by ``id(call)``."""
        self._calls[workflow] = calls, ids

    def definition(self, name: str, part: str) -> Span | None:
        """Span of exactly this part of a task or workflow."""
        callee = self._callees.get(name)
        if callee is None:
            return None
        node, module = callee.node, callee.module
        if not part:
            return module.name_span(node)
        if part.startswith("policy."):
            options = callee.options if callee.kind == "task" else ()
            place = self._policies.places(options).get(part.removeprefix("policy."))
            return place.span if place is not None else None
        if part == "on_failure":
            given = [option for option in callee.options if option.keyword.arg == part]
            return given[-1].place.span if given else None
        if part == "return" and node.returns is not None:
            return module.span(node.returns)
        arguments = node.args
        parameters = (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs)
        return next((module.span(parameter) for parameter in parameters if parameter.arg == part), None)

    def node(self, workflow: str, node: str, part: str) -> Span | None:
        """Span of exactly this part of a call in a workflow's body."""
        if workflow not in self._calls:
            return None
        calls, ids = self._calls[workflow]
        by_id = self._by_id.get(workflow)
        if by_id is None:
            by_id = self._by_id[workflow] = {ids[id(call)]: call for call in calls}
        call = by_id.get(node)
        if call is None:
            return None
        module = call.module or self._callees[workflow].module
        if not part:
            return module.span(call.node)
        if part in call.arguments:
            return module.span(call.arguments[part])
        kind, _, name = part.partition(".")
        if kind == "after":
            orders = zip(call.after, call.order_places, strict=True)
            return next((place.span for earlier, place in orders if ids[id(earlier)] == name), None)
        place = call.policy_places.get(name) if kind == "policy" else None
        return place.span if place is not None else None
