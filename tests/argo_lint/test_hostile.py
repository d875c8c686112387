"""Hostile text in every place of a Python file that a user can write it, through the whole compiler, back out of the YAML and past both validators.

Every text must come back as it was written, and none may be live. ``make test`` takes a few hundred; ``DAGWRIGHT_HOSTILE_TEXTS=5000`` takes 5,000.
"""

from __future__ import annotations

import base64
import json
import os
import random
import re
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest
import yaml
from argo_linters import VERSIONS, linter
from argo_manifests import live_text, strict_validator

from dagwright_argo.expansion import EMPTY_VARIABLE
from dagwright_compiler.config import Settings
from dagwright_compiler.driver.compiling import compile_all
from dagwright_compiler.driver.naming import Wanted
from dagwright_compiler.driver.reading import read_sources

if TYPE_CHECKING:
    from collections.abc import Iterator


ROOT = Path()
TEXTS = int(os.environ.get("DAGWRIGHT_HOSTILE_TEXTS", "300"))
PIECES = (
    *(
        "{{",
        "}}",
        "{{workflow.name}}",
        "{{=1+1}}",
        "{{=",
        "{{tasks.x.outputs.parameters.y}}",
        "{{item}}",
        "{{inputs.parameters.unit}}",
        "{ {",
        "{",
    ),
    *("$(HOME)", "$$", "$", "${X}", "$(DAGWRIGHT_EMPTY)", "`id`", "';", '"', "'", "\\", "\\u007b", "\\n", "'''", '"""'),
    *(
        "y",
        "null",
        "~",
        "1e3",
        "0o17",
        "08",
        "-",
        "---",
        "...",
        ": ",
        " #",
        "&a",
        "*a",
        "!!str",
        "|",
        ">",
        "%",
        "@",
        "<<",
        "[",
        "]",
        ",",
    ),
    *(
        "\n",
        "\r\n",
        "\t",
        " ",
        "  ",
        "\n\n",
        "🔥",
        "é",
        "e\u0301",
        "\u202e",
        "\u2028",
        "\x85",
        "\ufeff",
        "\xa0",
        "\ud7ff",
        "\ufffd",
        "a",
        "0",
    ),
)
_GONE = re.compile("[\0\x7f-\x9f\ufffe\uffff]")
"""What no variable can hold, and is refused."""
_NAMES = ("x", "été", "数据", "a1", "Ω", "_u", "class_", "n" * 30, "none", "true", "yes")


class Written(NamedTuple):
    """A file, and the texts that stand in it by kind."""

    source: str
    literals: list[str]
    defaults: dict[str, str]
    listed: list[str]
    variables: dict[str, str]
    inputs: dict[str, str]
    scheduled: dict[str, str]
    annotations: dict[str, str]
    settings: dict[str, str]
    gates: list[str]
    workflow: str

    @property
    def texts(self) -> int:
        groups = (
            self.literals,
            self.defaults,
            self.listed,
            self.variables,
            self.inputs,
            self.scheduled,
            self.annotations,
            self.settings,
            self.gates,
        )
        return sum(map(len, groups)) + 3  # docstrings


def text(chance: random.Random) -> str:
    made = "".join(chance.choice(PIECES) for _ in range(chance.choice((0, 1, 2, 3, 5, 9))))
    return made * chance.choice((1, 1, 1, 40))


def dead(chance: random.Random) -> str:
    """Text for where Argo would expand tags and nothing protects them: there they are refused, as a test of findings has it."""
    return _GONE.sub("", text(chance)).replace("{{", "{ {").replace("{{", "{ {")


def name_text(chance: random.Random) -> str:
    """Text for the name of a gate, of which letters and digits are kept."""
    return _GONE.sub("", text(chance))[:20]


def written(chance: random.Random, number: int) -> Written:
    """One workflow with hostile text wherever text may stand."""
    names = chance.sample(_NAMES, 3)
    literals = [text(chance) for _ in range(8)]
    defaults = {f"d_{index}_{name}": text(chance) for index, name in enumerate(("a", "b", "c", "d"))}
    given = {f"g_{index}": "" for index in range(4)}
    listed = [text(chance) for _ in range(4)]
    variables = {f"V_{index}": _GONE.sub("", text(chance)) for index in range(4)}
    annotations = {f"a{index}.example/x": dead(chance) for index in range(2)}
    settings = {f"S_{index}": _GONE.sub("", text(chance)) for index in range(2)}
    gates = [f"a{name_text(chance)}", f"b{name_text(chance)}"]
    comment = (text(chance).splitlines() or [""])[0]
    workflow = f"flow_{number}_{names[0]}"
    task = f"t_{names[1]}"
    parameters = ", ".join(f"{name}: str" for name in ("a", "b"))
    source = f"""{text(chance)!r}
from datetime import timedelta

from flytekit import PodTemplate, Secret, approve, task, wait_for_input, workflow


@task(
    environment={variables!r},
    secret_requests=[Secret(group="My_{names[2].encode("ascii", "ignore").decode()}Group", key="K.e-y_1", mount_requirement=Secret.MountType.FILE)],
    pod_template=PodTemplate(annotations={annotations!r}),
)
def {task}({parameters}) -> str:
    {text(chance)!r}
    return a + b  # {comment}


@task
def all_of(texts: list[str]) -> str:
    return "".join(texts)


@task
def clean_up({", ".join(f"{name}: str" for name in given)}, {", ".join(f"{name}: str" for name in defaults)}, listed: list[str]) -> None: ...


@workflow(on_failure=clean_up)
def {workflow}({", ".join(f"{name}: str" for name in given)}, {", ".join(f"{name}: str = {value!r}" for name, value in defaults.items())}, listed: list[str] = {listed!r}) -> str:
    {text(chance)!r}
"""
    source = re.sub(r"  # .*", lambda comment: _GONE.sub("", comment[0].replace("\x0c", "")), source)
    everything = [f"{task}(a={literal!r}, b={name})" for literal, name in zip(literals, (*given, *defaults), strict=True)]
    source += "".join(f"    r{index} = {call}\n" for index, call in enumerate(everything))
    source += f"    approve(r0, {gates[0]!r}, timeout=timedelta(hours=1)) >> wait_for_input({gates[1]!r}, timeout=timedelta(hours=1), expected_type=str)\n"
    source += f"    return all_of(texts=[{', '.join(f'r{index}' for index in range(len(everything)))}, *listed[:0]])\n".replace(
        ", *listed[:0]", ""
    )
    inputs = {name: text(chance) for name in given}
    scheduled = {name: text(chance) for name in given}
    return Written(source, literals, defaults, listed, variables, inputs, scheduled, annotations, settings, gates, workflow)


class Example(NamedTuple):
    """A file, and the objects that it became, as YAML: code, template and schedule; and one run."""

    written: Written
    objects: tuple[str, ...]
    run: str

    def documents(self) -> list[Any]:
        return [yaml.load(found, yaml.CSafeLoader) for found in (*self.objects, self.run)]


def compiled(made: Written, options: dict[str, Any]) -> tuple[str, ...]:
    schedule = {"workflow": made.workflow, "cron": ["@daily"], "inputs": made.scheduled}
    table = {
        "store": "s3://bucket/prefix",
        "namespace": "n",
        "schedules": {"s": schedule},
        "env": made.settings,
        "annotations": {f"s.{name}": text for name, text in made.annotations.items()},
    }
    reading = read_sources({"flow.py": made.source.encode()}, Settings(root=ROOT, targets={"argo": table}))
    found = compile_all(reading, [Wanted(None, made.workflow, "flow.py")], "argo", options)
    errors = [item for item in reading.diagnostics.sorted() if item.code.severity == "error"]
    assert not errors, (errors, made.source)
    (result,) = found.results
    return result.objects[result.shared :]


@pytest.fixture(scope="module")
def examples() -> list[Example]:
    chance = random.Random(7)
    made: list[Example] = []
    while sum(item.written.texts for item in made) < TEXTS:
        item = written(chance, len(made))
        inputs = {name: json.dumps(value) for name, value in item.inputs.items()}
        run = compiled(item, {"kind": "Workflow", "name": f"run-{len(made)}", "inputs": inputs})
        made.append(Example(item, compiled(item, {}), run[-1]))
    return made


def test_every_text_comes_back_as_it_was_written(examples: list[Example]) -> None:
    for example in examples:
        item = example.written
        code, template, cron, run = example.documents()
        kept = {name: found.encode() for name, found in code["data"].items()}
        kept |= {name: base64.b64decode(found) for name, found in code.get("binaryData", {}).items()}
        assert kept["flow.py"] == item.source.encode()
        assert set(item.literals) <= set(strings(json.loads(kept["plan.json"])))
        values = parameters(template["spec"])
        assert {name: values[name] for name in item.defaults} == item.defaults
        assert values["listed"] == item.listed
        assert {name: parameters(run["spec"])[name] for name in item.inputs} == item.inputs
        assert parameters(cron["spec"]["workflowSpec"]) == item.scheduled
        pods = [found for found in template["spec"]["templates"] if "container" in found]
        assert any(variables(found, "V_") == item.variables for found in pods), item.variables
        assert all(variables(found, "S_") == item.settings for found in pods), item.settings
        of_pods = [found["metadata"].get("annotations", {}) for found in pods]
        assert any(item.annotations.items() <= found.items() for found in of_pods), item.annotations
        settings = {f"s.{name}": text for name, text in item.annotations.items()}.items()
        for document in (template, run, cron):
            assert settings <= document["metadata"]["annotations"].items()


def test_no_text_is_live(examples: list[Example]) -> None:
    for example in examples:
        for document in example.documents()[1:]:
            assert live_text(document) == []
            assert list(strict_validator(document["kind"]).iter_errors(document)) == []


@pytest.mark.parametrize("version", VERSIONS)
def test_both_validators_take_every_manifest(version: str, examples: list[Example], tmp_path: Path) -> None:
    for number, example in enumerate(examples):
        (tmp_path / f"{number}.yaml").write_bytes("---\n".join((*example.objects, example.run)).encode())
    done = subprocess.run([linter(version), *sorted(map(str, tmp_path.iterdir()))], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, ""), done.stdout[-3000:] + done.stderr[-3000:]


def parameters(spec: Any) -> dict[str, Any]:
    """Values of parameters, as the runtime reads them; ``Any`` because they are JSON."""
    return {item["name"]: json.loads(item["value"]) for item in spec["arguments"]["parameters"] if item.get("value")}


def variables(template: Any, prefix: str) -> dict[str, str]:
    found = {item["name"]: item.get("value", "") for item in template["container"]["env"]}
    return {name: as_the_kubelet(value) for name, value in found.items() if name.startswith(prefix)}


def as_the_kubelet(value: str) -> str:
    """``$$`` is a dollar; ``$(NAME)`` is a variable's value where there is one, and else stays."""
    return re.sub(
        r"\$\$|\$\(([^)]*)\)", lambda part: "$" if part[0] == "$$" else "" if part[1] == EMPTY_VARIABLE else part[0], value
    )


def strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for item in value.values() if isinstance(value, dict) else value:
            yield from strings(item)
