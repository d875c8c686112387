"""Argo manifests in tests: compiling hand-made programs, the strict schema, and a reading of DAG templates as Argo's controller has it."""

from __future__ import annotations

import copy
import functools
import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import jsonschema
import yaml

from dagwright_argo import TARGET
from dagwright_argo.expansion import texts_in
from dagwright_argo.objects import Runtime
from dagwright_compiler.bundle import Bundle, BundleFile
from dagwright_compiler.diagnostics.model import Collector, Diagnostic
from dagwright_compiler.ir.codec import to_json
from dagwright_compiler.ir.program import Plan, Program, Unit
from dagwright_compiler.ir.spans import SpanTable
from dagwright_compiler.target_api import Artefact, Request

if TYPE_CHECKING:
    from collections.abc import Mapping

RUNTIME = Runtime(b"the archive", "f" * 64)
STORE = {"store": "s3://bucket/prefix"}
_SCHEMA = Path(__file__).parent / "schema" / "argo-schema.json"

TAGS = (
    r"\{\{inputs\.parameters\.[-a-z0-9_]+\}\}",
    r"\{\{tasks\.[-a-z0-9]+\.outputs\.parameters\.[-a-zA-Z0-9_]+\}\}",
    r"\{\{workflow\.parameters\.(dagwright-)?store\}\}",
    r"\{\{=workflow\.parameters\['dagwright-run'\] == '' \? workflow\.uid : workflow\.parameters\['dagwright-run'\]\}\}",
    r"\{\{=replace\(workflow\.parameters\['[a-zA-Z0-9_]+'\], '\$', '\$\$'\)\}\}",
    r"\{\{=let v = fromJSON\(workflow\.parameters\['[a-zA-Z0-9_]+'\]\); let n = type\(v\) == 'map' \? int\(v\['len'\]\) : len\(v\); let k = int\(\(n \+ \d+\) / \d+\); n == 0 \? 0 : int\(\(n \+ k - 1\) / k\)\}\}",
    r"\{\{=string\(now\(\)\.UnixMilli\(\)\)\}\} \{\{workflow\.duration\}\}",
    r"'\{\{workflow\.status\}\}' != 'Succeeded'",
    r"'\{\{steps\.failed-calls\.outputs\.parameters\.[-a-z0-9]+\}\}' == 'true'",
    r"'\{\{steps\.[-a-z0-9]+\.status\}\}' == 'Succeeded'",
    r"\{\{retries\}\}",
    r"\{\{=let m = lastRetry\.message; \['[^'{}]*'(, '[^'{}]*')*\]\[\((m contains '\[memory \d of ' \? \d : )+0\) \+ \(m startsWith 'main: OOMKilled' \? 1 : 0\)\]\}\}",
    r"\{\{item\}\}",
)
"""Every tag that a manifest may hold: ours, with compiler-made names inside and nothing else."""


class Compiled(NamedTuple):
    """What the target gave, and what it found."""

    artefact: Artefact | None
    findings: tuple[Diagnostic, ...]

    @property
    def codes(self) -> list[str]:
        return [found.code.id for found in self.findings]

    @property
    def documents(self) -> list[Any]:
        assert self.artefact is not None, self.findings
        return [yaml.load(text, yaml.CSafeLoader) for text in self.artefact.objects]

    @property
    def template(self) -> Any:
        return self.documents[-1]

    def pods(self) -> dict[str, Any]:
        return {item["name"]: item for item in self.template["spec"]["templates"] if "container" in item}

    def dag(self, name: str | None = None) -> dict[str, Any]:
        """Tasks by name, of the entry or another DAG template."""
        name = name or self.template["spec"]["entrypoint"]
        found = next(item for item in self.template["spec"]["templates"] if item["name"] == name)
        return {task["name"]: task for task in found["dag"]["tasks"]}


def compile_argo(
    program: Program,
    settings: Mapping[str, Any] = STORE,
    *,
    files: Mapping[str, bytes] = {"flow.py": b"def t(a, b):\n    return a + b\n"},
    spans: SpanTable | None = None,
    options: Mapping[str, Any] = {},
) -> Compiled:
    """Compile a hand-made program with a stand-in for the archive, whose bytes say nothing about manifests."""

    def seal(units: Mapping[str, Unit], _map_pods: int) -> Bundle:
        plan = to_json(Plan(program=program, units=dict(units)))
        return Bundle(plan=plan, files=tuple(BundleFile(path, data) for path, data in sorted(files.items())))

    found = Collector()
    request = Request(
        program=program, settings=settings, spans=spans or SpanTable(), diagnostics=found, seal=seal, options=options
    )
    artefact = TARGET.compile(request, RUNTIME)
    return Compiled(artefact, found.sorted())


@functools.cache
def strict_validator(kind: str = "WorkflowTemplate") -> jsonschema.Draft202012Validator:
    """Argo's schema for one kind of object, with IntOrString and quantities as Kubernetes has them, and no unknown fields."""
    schema = json.loads(_SCHEMA.read_text())
    for name, definition in schema["definitions"].items():
        if name.endswith(("IntOrString", "resource.Quantity")):
            definition["type"] = ["string", "integer"]
        elif definition.get("type") == "object" and "properties" in definition:
            definition.setdefault("additionalProperties", False)
    # Its own top level is a choice between all kinds, whose messages nobody can read.
    strict = copy.copy(schema)
    strict.pop("oneOf", None)
    strict["$ref"] = f"#/definitions/io.argoproj.workflow.v1alpha1.{kind}"
    return jsonschema.Draft202012Validator(strict)


def live_text(document: Any) -> list[str]:
    """Texts of a WorkflowTemplate in which Argo would find a tag that is not on the list."""
    allowed = re.compile("|".join(TAGS))
    return [text for text in texts_in(document) if "{{" in allowed.sub("", text)]


class Ran(NamedTuple):
    """One pod of a simulated run."""

    unit: str
    index: str | None
    after: frozenset[str]
    """Units all of whose pods had ended before this one could start."""


class Simulation:
    """Runs a WorkflowTemplate by the controller's rules for what this target emits; every pod succeeds at once.

    ``counts`` gives what each pod writes as its output parameters, by unit and parameter.
    """

    def __init__(self, template: Any, counts: Mapping[tuple[str, str], int] = {}, lists: Mapping[str, int] = {}) -> None:
        self.spec = template["spec"]
        self.templates = {item["name"]: item for item in self.spec["templates"]}
        assert len(self.templates) == len(self.spec["templates"]), "template names repeat"
        self.counts = counts
        self.lists = lists
        self.ran: list[Ran] = []
        self._run(self.spec["entrypoint"], {}, frozenset())

    def _run(self, name: str, arguments: dict[str, str], after: frozenset[str]) -> tuple[frozenset[str], dict[str, str]]:
        """Run one template; gives the units that have ended then, and its output parameters."""
        template = self.templates[name]
        declared = [item["name"] for item in template.get("inputs", {}).get("parameters", [])]
        assert sorted(declared) == sorted(arguments), f"{name} declares {declared} and gets {sorted(arguments)}"
        if "container" in template:
            return self._pod(template, arguments, after)
        done: dict[str, frozenset[str]] = {}
        scope = {f"inputs.parameters.{key}": value for key, value in arguments.items()}
        waiting = list(template["dag"]["tasks"])
        assert len({task["name"] for task in waiting}) == len(waiting), "task names repeat"
        while waiting:
            ready = [task for task in waiting if all(term in done for term in _depends(task))]
            assert ready, f"{name} waits for nothing that comes: {waiting}"
            for task in ready:
                before = after.union(*(done[term] for term in _depends(task)))
                reach = {term for other in _depends(task) for term in (other, *done)}
                done[task["name"]] = self._task(task, scope, before, reach)
                waiting.remove(task)
        outputs = {item["name"]: self._value(item["valueFrom"]["parameter"], scope) for item in _outputs(template)}
        return after.union(*done.values()), outputs

    def _task(self, task: Any, scope: dict[str, str], before: frozenset[str], reach: set[str]) -> frozenset[str]:
        given = task.get("arguments", {}).get("parameters", [])
        if "withSequence" in task:
            ended = before
            for index in range(int(self._value(task["withSequence"]["count"], scope))):
                inner = {**scope, "item": str(index)}
                ended |= self._run(task["template"], {item["name"]: self._value(item["value"], inner) for item in given}, before)[
                    0
                ]
            return ended | {self._value("{{inputs.parameters.unit}}", scope)}
        arguments = {item["name"]: self._value(item["value"], scope) for item in given}
        ended, outputs = self._run(task["template"], arguments, before)
        scope.update({f"tasks.{task['name']}.outputs.parameters.{key}": value for key, value in outputs.items()})
        return ended

    def _pod(self, template: Any, arguments: dict[str, str], after: frozenset[str]) -> tuple[frozenset[str], dict[str, str]]:
        unit = arguments["unit"]
        self.ran.append(Ran(unit, arguments.get("index"), after))
        written = {item["name"]: str(self.counts[unit, item["name"]]) for item in _outputs(template)}
        # An element alone does not end its unit: the loop does.
        return (after if "index" in arguments else after | {unit}), written

    def _value(self, text: str, scope: dict[str, str]) -> str:
        if text.startswith("{{=let"):
            return str(self.lists[text.partition("['")[2].partition("']")[0]])
        return re.sub(r"\{\{([^{}]+)\}\}", lambda tag: scope[tag[1]], text)


def _depends(task: Any) -> list[str]:
    """Names that a task waits for; an empty map must count as done, so a map stands with both words."""
    text = task.get("depends", "")
    succeeded, skipped = (re.findall(rf"([-a-z0-9]+)\.{word}", text) for word in ("Succeeded", "Skipped"))
    assert succeeded == skipped, text
    return re.findall(r"[-a-z0-9]+", re.sub(r"\.(Succeeded|Skipped)|\|\| [-a-z0-9]+\.Skipped", "", text))


def _outputs(template: Any) -> Any:
    return template.get("outputs", {}).get("parameters", [])
