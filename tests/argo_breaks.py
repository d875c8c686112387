"""Manifests that were valid, each broken in one way: by rules of ``argo_rules``, with what Argo's own validator says of it.

The strict schema accepts every one of them: nothing but a rule would find it.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Literal, NamedTuple

import yaml

from dagwright_compiler.config import Settings
from dagwright_compiler.driver.compiling import compile_all
from dagwright_compiler.driver.naming import Wanted
from dagwright_compiler.driver.reading import read_sources

Json = Any
"""Parts of a manifest; ``Any`` only because YAML is untyped."""

_SOURCE = """\
from datetime import timedelta

from dagwright import Resources, approve, map_task, task, workflow


@task(timeout=60, environment={"A": "x"})
def split(n: int) -> list[int]:
    return list(range(n))


@task
def halve(x: int) -> int:
    return x


@task(requests=Resources(cpu="1", mem="1Gi"))
def total(xs: list[int]) -> int:
    return sum(xs)


@task
def clean_up(n: int) -> None: ...


@workflow(on_failure=clean_up)
def main(n: int) -> tuple[int, int]:
    parts = approve(split(n=n), "review", timeout=timedelta(hours=1))
    again = split(n=3).with_overrides(node_name="again")
    return total(xs=map_task(halve, concurrency=2)(x=again)), total(xs=parts).with_overrides(node_name="last")
"""


class Edit(NamedTuple):
    """A place by names, as in ``templates/main/dag/tasks/total/depends``, and what is there then; ``...`` takes it away."""

    place: str
    value: Json


Verdict = Literal["refused", "refused by v3", "refused by v4", "unread", "taken"]
"""What Argo's validators say: that the manifest is wrong, which only one of them does, that the file is none, or nothing."""


class Break(NamedTuple):
    """What is changed, the rule that it breaks, and what Argo's validators say."""

    rule: str
    edits: tuple[Edit, ...]
    verdict: Verdict = "refused"


def compiled_objects(source: str, settings: Mapping[str, Any] = {}) -> list[Json]:
    """The objects of a file's only workflow, without ConfigMaps."""
    table = {"store": "s3://bucket/prefix", "namespace": "n", **settings}
    reading = read_sources({"flow.py": source.encode()}, Settings(root=Path(), targets={"argo": table}))
    (workflow,) = reading.elaborated.workflows
    found = compile_all(reading, [Wanted(None, workflow, "flow.py")], "argo")
    assert not reading.diagnostics.has_errors, reading.diagnostics.sorted()
    documents = [yaml.load(text, yaml.CSafeLoader) for text in found.results[0].objects]
    return [item for item in documents if item["kind"] != "ConfigMap"]


def whole() -> list[Json]:
    """A template with one of everything and its schedule."""
    schedule = {"workflow": "main", "cron": ["0 3 * * *"], "inputs": {"n": 3}}
    return compiled_objects(_SOURCE, {"pod_gc": "OnPodSuccess", "oom_retries": 1, "schedules": {"nightly": schedule}})


def changed(documents: Sequence[Json], edits: Sequence[Edit]) -> list[Json]:
    """The same with edits: those whose place begins with ``schedule`` to the schedule, the others to the template."""
    template, schedule = copy.deepcopy(documents)
    for edit in edits:
        *path, last = edit.place.split("/")
        part = template["spec"]
        for number, step in enumerate(path):
            if number == 0 and step in ("schedule", "template"):
                part = schedule if step == "schedule" else template
            else:
                part = _within(part, step)
        _put(part, last, copy.deepcopy(edit.value))
    return [template, schedule]


def _within(part: Json, step: str) -> Json:
    if isinstance(part, dict):
        return part.setdefault(step, {})
    return part[_index(part, step)]


def _index(items: list[Json], step: str) -> int:
    return int(step) if step.isdigit() else next(at for at, item in enumerate(items) if item["name"] == step)


def _put(part: Json, last: str, value: Json) -> None:
    if isinstance(part, list):
        if last == "+":
            part.append(value)
        elif value is ...:
            del part[_index(part, last)]
        else:
            part[_index(part, last)] = value
    elif value is ...:
        del part[last]
    else:
        part[last] = value


_MAIN = "templates/main/dag/tasks"
_POD = "templates/split"
_BOX = f"{_POD}/container"
_MAP = "templates/map-halve/dag/tasks/element"
_RUNS = "schedule/spec/workflowSpec/workflowTemplateRef/name"
_UNIT = {"arguments": {"parameters": [{"name": "unit", "value": "x"}]}}


def _one(rule: str, place: str, value: Json, *, verdict: Verdict = "refused") -> Break:
    return Break(rule, (Edit(place, value),), verdict)


BREAKS = (
    _one("entrypoint, onExit and every template exist", "entrypoint", "other"),
    _one("entrypoint, onExit and every template exist", "onExit", "other"),
    _one("entrypoint, onExit and every template exist", f"{_MAIN}/split/template", "other"),
    _one("entrypoint, onExit and every template exist", "templates/on-exit/steps/0/0/template", "other"),
    _one("names are unique", "templates/total/name", "split"),
    _one("names are unique", f"{_MAIN}/+", {"name": "split", "template": "split", **_UNIT}),
    _one("names are unique", "arguments/parameters/+", {"name": "n", "value": "1"}),
    _one("names are unique", f"{_POD}/inputs/parameters/+", {"name": "unit"}),
    _one("names are unique", f"{_MAIN}/split/arguments/parameters/+", {"name": "unit", "value": "x"}),
    _one("names are unique", f"{_BOX}/env/+", {"name": "A", "value": "y"}, verdict="taken"),
    _one("names are unique", f"{_POD}/volumes/+", {"name": "dagwright-work", "emptyDir": {}}, verdict="taken"),
    _one("letters and lengths of names", "templates/total/name", "to_tal"),
    _one("letters and lengths of names", f"{_MAIN}/total/name", "to_tal"),
    _one("letters and lengths of names", f"{_MAIN}/total/name", "t" * 129),
    _one("letters and lengths of names", "arguments/parameters/+", {"name": "größe", "value": "1"}),
    Break("letters and lengths of names", (Edit("template/metadata/name", "w" * 64), Edit(_RUNS, "w" * 64))),
    _one("letters and lengths of names", "schedule/metadata/name", "w" * 53),
    _one("no name of a call begins with a digit", f"{_MAIN}/last/name", "2nd"),
    _one("a template has one type", f"{_POD}/suspend", {"duration": "1s"}),
    _one("a template has one type", f"{_BOX}", ...),
    _one("no cycles", f"{_MAIN}/split/depends", "last"),
    _one("no cycles", f"{_MAIN}/split/depends", "split"),
    # Argo takes recursion, up to 100 levels; nothing of ours ends one.
    Break(
        "no cycles",
        (Edit(f"{_MAP}/template", "map-halve"), Edit(f"{_MAP}/arguments/parameters/1/name", "count")),
        verdict="taken",
    ),
    _one("dependencies are known", f"{_MAIN}/total/depends", "halve.Succeeded || nobody"),
    _one("results in depends are known", f"{_MAIN}/total/depends", "halve.Succeeded || halve.Skiped"),
    _one("depends without dependencies and continueOn", f"{_MAIN}/total/dependencies", ["split"]),
    _one("depends without dependencies and continueOn", f"{_MAIN}/total/continueOn", {"failed": True}),
    _one("AnySucceeded and AllFailed of loops only", f"{_MAIN}/last/depends", "split.AnySucceeded"),
    _one("a loop is of one kind", f"{_MAP}/withItems", [1, 2]),
    _one("a loop is of one kind", f"{_MAP}/withSequence/end", "3"),
    _one("a loop is of one kind", f"{_MAP}/withSequence", {"start": "1"}, verdict="taken"),
    _one("every input is supplied", f"{_MAIN}/split/arguments", ...),
    _one("every input is supplied", "templates/on-exit/steps/0/0/arguments", ...),
    _one("every input is supplied", "schedule/spec/workflowSpec/arguments", ...),
    _one("every tag is in scope", f"{_BOX}/args/0", "{{inputs.parameters.other}}"),
    _one("every tag is in scope", f"{_BOX}/args/0", "{{workflow.parameters.other}}"),
    _one("every tag is in scope", f"{_BOX}/args/0", "{{item}}", verdict="taken"),
    _one("every tag is in scope", f"{_MAIN}/halve/arguments/parameters/count/value", "{{tasks.split.outputs.parameters.other}}"),
    _one("every tag is in scope", "templates/total/metadata/labels/x", "{{tasks.split.outputs.parameters.count-o0}}"),
    Break(
        "every tag is in scope",
        (Edit("templates/clean-up/retryStrategy", ...), Edit("templates/clean-up/podSpecPatch", ...)),
        verdict="taken",
    ),
    _one("every expression is in scope", f"{_BOX}/args/0", "{{=workflow.parameters['other']}}", verdict="taken"),
    _one("every expression is in scope", f"{_BOX}/args/0", "{{=nobody.knows}}", verdict="taken"),
    _one("every expression is in scope", f"{_BOX}/args/0", "{{=string(now()}}", verdict="taken"),
    _one("every expression is in scope", "templates/main/metadata", {"labels": {"x": "{{=lastRetry.message}}"}}, verdict="taken"),
    _one("a task's outputs are read behind it", f"{_MAIN}/halve/depends", ...),
    _one("a task's outputs are read behind it", f"{_MAIN}/halve/depends", "split"),
    _one("every tag is closed", f"{_BOX}/args/0", "{{inputs.parameters.unit"),
    _one("deadlines of pods only", "templates/main/activeDeadlineSeconds", 60),
    _one("deadlines of pods only", "templates/main/timeout", "60s"),
    _one("deadlines of pods only", "templates/on-exit/activeDeadlineSeconds", 60),
    _one("parallelism of graphs only", f"{_POD}/parallelism", 2),
    _one("times have units", f"{_POD}/timeout", "60"),
    _one("times have units", "templates/approve/suspend/duration", "an hour", verdict="taken"),
    _one("times have units", f"{_POD}/retryStrategy/backoff/duration", "soon", verdict="taken"),
    _one("words of enumerations", f"{_POD}/retryStrategy/retryPolicy", "Sometimes"),
    _one("words of enumerations", "podGC/strategy", "OnPodFailure"),
    _one("words of enumerations", "schedule/spec/concurrencyPolicy", "Queue"),
    _one("schedules and timezones", "schedule/spec/schedules/0", "0 3 * *"),
    _one("schedules and timezones", "schedule/spec/schedules", [], verdict="refused by v4"),
    _one("schedules and timezones", "schedule/spec/timezone", "berlin", verdict="refused by v3"),
    _one("mounts", f"{_BOX}/volumeMounts/+", {"name": "dagwright-work", "mountPath": "/dagwright/plan"}),
    _one("mounts", f"{_BOX}/volumeMounts/+", {"name": "other", "mountPath": "/other"}, verdict="taken"),
    _one("images", f"{_BOX}/image", ""),
    Break("no resources, no artifacts", (Edit(_BOX, ...), Edit(f"{_POD}/resource", {"action": "destroy", "manifest": "a: 1"}))),
    Break("no resources, no artifacts", (Edit(_BOX, ...), Edit(f"{_POD}/resource", {"action": "create", "manifest": "{"}))),
    _one(
        "no resources, no artifacts",
        f"{_POD}/inputs/artifacts",
        [{"name": name, "path": "/x", "raw": {"data": "x"}} for name in ("a", "b")],
    ),
    _one("outputs come from what a type has", "templates/main/outputs/parameters", [{"name": "o", "valueFrom": {"path": "/o"}}]),
    _one(
        "outputs come from what a type has",
        "templates/again/outputs/parameters/count-o0/valueFrom",
        {"parameter": "{{inputs.parameters.unit}}"},
    ),
    _one(
        "outputs come from what a type has",
        "templates/approve/outputs/parameters/approved/valueFrom",
        {"path": "/o"},
        verdict="taken",
    ),
    # One text of all elements in the place of one's: valid, and never what we mean.
    _one("nobody reads outputs of loops", f"{_MAIN}/again/withItems", [1, 2], verdict="taken"),
    _one("names of containers", f"{_POD}/sidecars", [{"name": "wait", "image": "busybox"}], verdict="taken"),
    _one("names of containers", f"{_POD}/initContainers", [{"name": "init", "image": "busybox"}], verdict="taken"),
    _one("no empty graph", "templates/map-halve/dag/tasks", []),
    _one("no empty graph", "templates/on-exit/steps", [], verdict="taken"),
    _one("quantities", f"{_BOX}/resources/requests/cpu", "2 cores", verdict="unread"),
    _one("quantities", f"{_POD}/volumes/0/emptyDir", {"sizeLimit": "1 Gi"}, verdict="unread"),
    _one(
        "quantities",
        f"{_POD}/podSpecPatch",
        '{"containers":[{"name":"main","resources":{"limits":{"memory":"1 Gi"}}}]}',
        verdict="taken",
    ),
    _one("conditions", "templates/on-exit/steps/0/0/when", "'{{workflow.status}}' != 'Succeeded' and", verdict="taken"),
    _one("conditions", "templates/on-exit/steps/0/0/when", "{{workflow.failures}} != ''", verdict="taken"),
    _one("grammar of depends", f"{_MAIN}/last/depends", "split && && review", verdict="taken"),
    _one("grammar of depends", f"{_MAIN}/last/depends", "split review", verdict="taken"),
    _one("expressions of retries", f"{_POD}/retryStrategy/expression", "asInt(lastRetry.exitCode) in [1,", verdict="taken"),
    _one("expressions of retries", f"{_POD}/retryStrategy/expression", "lastTry.exitCode == '1'", verdict="taken"),
    _one("labels, annotations and variables", f"{_POD}/metadata/labels/a b", "x", verdict="taken"),
    _one("labels, annotations and variables", f"{_POD}/metadata/labels/x", "-", verdict="taken"),
    _one("labels, annotations and variables", f"{_MAIN}/split/arguments/parameters/unit/value", "-", verdict="taken"),
    _one("labels, annotations and variables", f"{_BOX}/env/+", {"name": "1A", "value": "y"}, verdict="taken"),
    _one(
        "counts and bytes",
        "arguments/parameters",
        [{"name": f"x{number}", "value": ""} for number in range(501)],
        verdict="taken",
    ),
    _one(
        "counts and bytes",
        "templates/map-halve/dag/tasks",
        [{"name": f"t{number}", "template": "split", **_UNIT} for number in range(201)],
        verdict="taken",
    ),
    _one("counts and bytes", f"{_BOX}/args/+", "x" * 1_100_000, verdict="taken"),
    _one("tags are on the list", f"{_BOX}/args/0", "{{workflow.name}}", verdict="taken"),
)
