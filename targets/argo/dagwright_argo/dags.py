"""DAG templates: who waits for whom, and how the counts of maps travel to them."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import msgspec

from dagwright.contract.names import VERDICT
from dagwright_argo import model
from dagwright_argo.counts import Count, InputCount, LiteralCount
from dagwright_argo.partition import Group
from dagwright_argo.pods import INDEX, UNIT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from dagwright_argo.naming import Names

COUNT = "count"
_ELEMENT = "element"
_MOST_PARALLEL = 2**31 - 1
"""More than any controller starts, and a number that it reads."""


class Call(msgspec.Struct, frozen=True):
    """A leaf of the graph: the template that runs a node, the nodes it waits for, and for a map its count."""

    template: str
    predecessors: tuple[str, ...]
    count: Count | None


def map_template(name: str, pod_template: str, concurrency: int, verdict: str = "") -> model.Template:
    """Wrap a pod template into a loop of its own: ``parallelism`` counts the children of one template.

    Where the map may lose elements, a pod of the template ``verdict`` counts the results after the last of them, however they ended:
    the loop comes to what that pod says, since it is the only leaf.
    """
    arguments = (_bound(UNIT, f"{{{{inputs.parameters.{UNIT}}}}}"), _bound(INDEX, "{{item}}"))
    element = model.DagTask(
        name=_ELEMENT,
        template=pod_template,
        arguments=model.Parameters(parameters=arguments),
        with_sequence=model.Sequence(count=f"{{{{inputs.parameters.{COUNT}}}}}"),
    )
    tasks = [element]
    if verdict:
        tasks.append(
            model.DagTask(
                name=VERDICT,
                template=verdict,
                depends=" || ".join(f"{_ELEMENT}.{phase}" for phase in ("Succeeded", "Failed", "Errored", "Skipped")),
                arguments=model.Parameters(parameters=(arguments[0], _bound(INDEX, VERDICT))),
            )
        )
    return model.Template(
        name=name,
        inputs=model.Parameters(parameters=(model.Parameter(name=UNIT), model.Parameter(name=COUNT))),
        parallelism=min(concurrency, _MOST_PARALLEL) or None,
        dag=model.Dag(fail_fast=False, tasks=tuple(tasks)),
    )


_FAILED = "'{{workflow.status}}' != 'Succeeded'"


def exit_template(name: str, handler: str) -> model.Template:
    """Run the template ``handler`` at the end of a run that did not succeed; after one that did, no pod starts."""
    return model.Template(name=name, steps=((model.Step(name=handler, template=handler, when=_FAILED),),))


def exit_steps(name: str, calls: Mapping[str, Call]) -> model.Template:
    """Run calls of tasks alone at the end of a run that did not succeed: at the end of one that was stopped, Argo cuts DAGs short, and steps not."""
    return model.Template(name=name, steps=steps_of(calls, lambda _: _FAILED))


def steps_of(
    calls: Mapping[str, Call], when: Callable[[Call], str | None], continue_on: model.ContinueOn | None = None
) -> tuple[tuple[model.Step, ...], ...]:
    """Lay calls of tasks out as groups of steps.

    What stands in a group waits for all of the group before: for no less than it needs.
    """
    depths: dict[str, int] = {}
    for node, call in calls.items():
        depths[node] = 1 + max((depths[before] for before in call.predecessors), default=-1)
    groups: list[list[model.Step]] = [[] for _ in range(1 + max(depths.values()))]
    for node, depth in depths.items():
        arguments = model.Parameters(parameters=(_bound(UNIT, node),))
        step = model.Step(
            name=node, template=calls[node].template, when=when(calls[node]), continue_on=continue_on, arguments=arguments
        )
        groups[depth].append(step)
    return tuple(map(tuple, groups))


class DagTemplates:
    """Lays the calls of a workflow out as DAG templates, one a group."""

    def __init__(self, calls: Mapping[str, Call], root: Group, entry: str, names: Names, *, fail_fast: bool = True) -> None:
        """Place every call; the template of ``root`` is ``entry``, nested ones are named ``part``, ``part-2`` and so on.

        Without ``fail_fast`` a failed call keeps only those from running that need it.
        """
        self._fail_fast = None if fail_fast else False
        self._calls = calls
        self._levels: dict[str, _Level] = {}
        self._paths: dict[str, tuple[str, ...]] = {}
        self._place(root, (entry,), names)
        for name, call in calls.items():
            for predecessor in call.predecessors:
                level, own, other = self._meeting(name, predecessor)
                level.waits.setdefault(own, {})[other] = None
            if call.count is not None:
                self._carry(name, call.count)

    def templates(self) -> tuple[model.Template, ...]:
        """All DAG templates, the entry first."""
        return tuple(self._template(name, level) for name, level in self._levels.items())

    def _place(self, group: Group, path: tuple[str, ...], names: Names) -> None:
        level = self._levels[path[-1]] = _Level()
        for entry in group.entries:
            if isinstance(entry, Group):
                inner = names.take("part")
                level.entries.append(inner)
                self._place(entry, (*path, inner), names)
            else:
                level.entries.append(entry)
                self._paths[entry] = path

    def _meeting(self, name: str, other: str) -> tuple[_Level, str, str]:
        """The innermost level that holds both, and the entries of it that hold each."""
        path, other_path = self._paths[name], self._paths[other]
        if path is other_path:
            return self._levels[path[-1]], name, other
        depth = 0
        while depth + 1 < min(len(path), len(other_path)) and path[depth + 1] == other_path[depth + 1]:
            depth += 1
        return self._levels[path[depth]], (*path, name)[depth + 1], (*other_path, other)[depth + 1]

    def _carry(self, name: str, count: Count) -> None:
        """Give a map its count; one from a pod leaves that pod's nested DAGs and enters the map's."""
        path = self._paths[name]
        if isinstance(count, LiteralCount):
            self._levels[path[-1]].arguments.setdefault(name, {})[COUNT] = str(count.pods)
            return
        if isinstance(count, InputCount):
            self._levels[path[-1]].arguments.setdefault(name, {})[COUNT] = f"{{{{={_pods_of_input(count)}}}}}"
            return
        level, entry, producer = self._meeting(name, count.node)
        value = _output(producer, count.parameter)
        carried = f"{count.node}-{count.parameter}"
        producer_path = (*self._paths[count.node], count.node)
        for outer, inner in pairwise(producer_path[producer_path.index(producer) :]):
            self._levels[outer].outputs[carried] = _output(inner, count.parameter if inner == count.node else carried)
            value = _output(producer, carried)
        for inner in path[path.index(entry) :] if entry in path else ():
            level.arguments.setdefault(inner, {})[carried] = value
            level = self._levels[inner]
            level.inputs[carried] = None
            value = f"{{{{inputs.parameters.{carried}}}}}"
        level.arguments.setdefault(name, {})[COUNT] = value

    def _template(self, name: str, level: _Level) -> model.Template:
        inputs = tuple(model.Parameter(name=parameter) for parameter in level.inputs)
        outputs = tuple(
            model.Parameter(name=parameter, value_from=model.ValueFrom(parameter=value))
            for parameter, value in level.outputs.items()
        )
        return model.Template(
            name=name,
            inputs=model.Parameters(parameters=inputs) if inputs else None,
            outputs=model.Parameters(parameters=outputs) if outputs else None,
            dag=model.Dag(fail_fast=self._fail_fast, tasks=tuple(self._task(entry, level) for entry in level.entries)),
        )

    def _task(self, entry: str, level: _Level) -> model.DagTask:
        call = self._calls.get(entry)
        given = level.arguments.get(entry, {})
        bound = [_bound(name, value) for name, value in given.items()]
        if call is not None:
            bound.insert(0, _bound(UNIT, entry))
        return model.DagTask(
            name=entry,
            template=entry if call is None else call.template,
            depends=self._depends(level.waits.get(entry, ())),
            arguments=model.Parameters(parameters=tuple(bound)) if bound else None,
        )

    def _depends(self, waits: Iterable[str]) -> str | None:
        """Plain names mean success; an empty map is skipped, which is success too, and says so."""
        terms = [f"({name}.Succeeded || {name}.Skipped)" if self._is_map(name) else name for name in waits]
        if len(terms) == 1:
            return terms[0].strip("()")
        return " && ".join(terms) or None

    def _is_map(self, entry: str) -> bool:
        call = self._calls.get(entry)
        return call is not None and call.count is not None


class _Level:
    """What one DAG template will hold."""

    __slots__ = ("arguments", "entries", "inputs", "outputs", "waits")

    def __init__(self) -> None:
        self.entries: list[str] = []
        self.waits: dict[str, dict[str, None]] = {}
        self.arguments: dict[str, dict[str, str]] = {}
        self.inputs: dict[str, None] = {}
        self.outputs: dict[str, str] = {}


def _bound(name: str, value: str) -> model.Parameter:
    return model.Parameter(name=name, value=value)


def _output(task: str, parameter: str) -> str:
    return f"{{{{tasks.{task}.outputs.parameters.{parameter}}}}}"


def _pods_of_input(count: InputCount) -> str:
    """``contract.chunks.pods_of`` in Argo's expressions, whose division gives fractions; an input may be a reference with its length."""
    most = count.most_pods
    length = f"let v = fromJSON(workflow.parameters['{count.name}']); let n = type(v) == 'map' ? int(v['len']) : len(v)"
    return f"{length}; let k = int((n + {most - 1}) / {most}); n == 0 ? 0 : int((n + k - 1) / k)"
