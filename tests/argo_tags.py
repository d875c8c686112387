"""Tags of an Argo manifest, ``{{...}}``: what each may refer to where it stands, as Argo's validator has it, and expressions, which that does not read."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from argo_parts import LOOPS, Json, calls_of, parameters_of, templates_of, waited_for

from dagwright_argo.expansion import texts_in

_TAG = re.compile(r"\{\{(.*?)\}\}", re.DOTALL)
TEXT = re.compile(r"'[^']*'")
_OF_RUNS = frozenset({"workflow.name", "workflow.namespace", "workflow.uid", "workflow.duration"})
_FUNCTIONS = frozenset({"let", "len", "int", "string", "now", "replace", "type", "fromJSON", "contains", "startsWith"})
OF_RETRIES = frozenset({"status", "exitCode", "message", "duration"})


class _Text(NamedTuple):
    """A text, where it stands, and what it may refer to there; ``out_of_reach`` says why other names of the same DAG may not be used."""

    text: str
    where: str
    scope: frozenset[str]
    out_of_reach: Mapping[str, str] = {}
    retries: bool = False


def _texts(document: Json) -> Iterator[_Text]:
    spec = document["spec"]
    workflow = _OF_RUNS | {f"workflow.parameters.{item['name']}" for item in parameters_of(spec, "arguments")}
    templates = {item["name"]: item for item in templates_of(document)}
    at_the_end = _reached(spec.get("onExit"), templates)
    for text in texts_in({key: value for key, value in spec.items() if key != "templates"}):
        yield _Text(text, "the spec", workflow)
    for name, item in templates.items():
        scope = workflow | {f"inputs.parameters.{each['name']}" for each in parameters_of(item, "inputs")}
        scope |= {"workflow.status", "workflow.failures"} if name in at_the_end else set()
        scope |= {"pod.name"} if "container" in item else set()
        scope |= {"retries"} if "retryStrategy" in item else set()
        yield from (_Text(text, name, scope, retries="retryStrategy" in item) for text in texts_in(_without_calls(item)))
        yield from _texts_of_calls(item, templates, scope)


def _texts_of_calls(template: Json, templates: Mapping[str, Json], scope: frozenset[str]) -> Iterator[_Text]:
    """Texts of a DAG's tasks and of its outputs: these may refer to any task, those to the ones that they wait for."""
    calls = calls_of(template)
    outputs = {call["name"]: _outputs(call, templates) for call in calls}
    loops = {call["name"] for call in calls if LOOPS & call.keys()}
    far = {tag: "aggregated" for name in loops for tag in outputs[name]}
    single = {tag for name, found in outputs.items() if name not in loops for tag in found}
    for output in _of_tasks(template):
        yield _Text(output["valueFrom"]["parameter"], template["name"], scope | single, far)
    behind, earlier = waited_for(template), _of_earlier_steps(template, templates)
    for call in calls:
        near = {tag for other in behind[call["name"]] - loops for tag in outputs.get(other, ())}
        reach = {**dict.fromkeys(single - near, "not an ancestor's"), **far}
        here = scope | near | earlier.get(call["name"], set()) | ({"item"} if call["name"] in loops else set())
        yield from (_Text(text, call["name"], here, reach) for text in texts_in(call))


def _of_earlier_steps(template: Json, templates: Mapping[str, Json]) -> dict[str, set[str]]:
    """What each step may refer to of the steps in the groups before its own."""
    found: dict[str, set[str]] = {}
    known: set[str] = set()
    for group in template.get("steps", ()):
        found |= {step["name"]: set(known) for step in group}
        for step in group:
            known |= {f"steps.{step['name']}.status", *_outputs(step, templates, "steps")}
    return found


def _outputs(call: Json, templates: Mapping[str, Json], kind: str = "tasks") -> list[str]:
    declared = parameters_of(templates.get(call["template"], {}), "outputs")
    return [f"{kind}.{call['name']}.outputs.parameters.{item['name']}" for item in declared]


def _of_tasks(template: Json) -> list[Json]:
    return [item for item in parameters_of(template, "outputs") if "parameter" in item.get("valueFrom", {})]


def _without_calls(template: Json) -> Json:
    outputs = {"outputs": None} if _of_tasks(template) else {}
    return {**{key: value for key, value in template.items() if key not in ("dag", "steps")}, **outputs}


def _reached(start: str | None, templates: Mapping[str, Json]) -> set[str]:
    found: set[str] = set()
    waiting = [start] if start else []
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting += [call["template"] for call in calls_of(templates.get(name, {}))]
    return found


def _plain(document: Json) -> Iterator[tuple[_Text, str]]:
    for text in _texts(document):
        yield from ((text, tag.strip()) for tag in _TAG.findall(text.text) if not tag.startswith("="))


def tags(document: Json) -> Iterator[str]:
    """Tags that nothing fills in where they stand."""
    for text, tag in _plain(document):
        if tag not in text.scope and tag not in text.out_of_reach:
            yield f"{text.where} refers to {tag}"


def ancestors(document: Json) -> Iterator[str]:
    """Outputs of tasks that are not waited for."""
    return (
        f"{text.where} refers to {tag}" for text, tag in _plain(document) if text.out_of_reach.get(tag) == "not an ancestor's"
    )


def aggregates(document: Json) -> Iterator[str]:
    """Outputs of loops: one text of all elements' values."""
    return (f"{text.where} refers to {tag}" for text, tag in _plain(document) if text.out_of_reach.get(tag) == "aggregated")


def closed(document: Json) -> Iterator[str]:
    """Tags that do not end."""
    return (f"{text.where}: {text.text[:80]}" for text in _texts(document) if "{{" in _TAG.sub("", text.text))


def expressions(document: Json) -> Iterator[str]:
    """Names and brackets in ``{{=...}}``; lint reads none of them."""
    for text in _texts(document):
        for tag in _TAG.findall(text.text):
            if tag.startswith("="):
                yield from (f"{text.where}: {wrong} in {tag}" for wrong in _expression(tag[1:], text))


def _expression(expression: str, text: _Text) -> Iterator[str]:
    for name in re.findall(r"workflow\.parameters\['([^']*)'\]", expression):
        if f"workflow.parameters.{name}" not in text.scope:
            yield f"no parameter {name}"
    bare = TEXT.sub("0", expression)
    known = _FUNCTIONS | text.scope | set(re.findall(r"let (\w+)", bare)) | {"workflow.parameters"}
    known |= {f"lastRetry.{field}" for field in OF_RETRIES} if text.retries else set()
    yield from (f"no {name}" for name in re.findall(r"(?<![\w.])[A-Za-z_][\w.]*", bare) if name not in known)
    for opening, closing in ("()", "[]"):
        if bare.count(opening) != bare.count(closing):
            yield f"an open {opening}"
