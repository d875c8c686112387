"""What the schema takes and Argo, the API server or the kubelet refuse: each rule, and what of ours keeps it.

Where a user could bring a breach about, ``REFUSED`` has the file that would, with the finding at its line. What no file can bring about is a rule that every golden
manifest keeps; ``BREAKS`` shows that each of them can fail, on manifests that the strict schema takes. ``tests/argo_lint/test_breaks.py`` asks Argo itself.
"""

from __future__ import annotations

from typing import NamedTuple

import pytest
import yaml
from argo_breaks import BREAKS, Break, changed, compiled_objects, whole
from argo_manifests import strict_validator
from argo_rules import OF_SCHEDULES, OF_WORKFLOWS, broken
from golden_cases import ROOT, Case, announced, findings, report


class Refused(NamedTuple):
    """A rule, and a project that would break it: lines with ``# E:`` carry the findings, and there are no others."""

    rule: str
    source: str
    settings: str = ""


_IMPORTS = """\
from datetime import timedelta

from dagwright import PodTemplate, Resources, map_task, task, workflow

"""
_MAIN = """

@workflow
def main(a: int = 1) -> int:
    return t(a=a)
"""


def task(decorator: str, settings: str = "", *, before: str = "", mark: str = "") -> tuple[str, str]:
    """A project with one task; ``mark`` announces what is found at its decorator."""
    return f"{before}@task({decorator})  {mark}\ndef t(a: int) -> int:\n    return a\n{_MAIN}", settings


def template(spec: str, mark: str, *, decorator: str = "") -> tuple[str, str]:
    """A project whose task has a pod template."""
    return task(f"{decorator}pod_template=P", before=f"P = PodTemplate({spec})\n\n\n", mark=mark)


def calls(body: str, *, inputs: str = "a: int = 1", name: str = "main", mark: str = "") -> tuple[str, str]:
    """A project whose workflow is more than one call."""
    return f"@task\ndef t(a: int) -> int:\n    return a\n\n\n@workflow\ndef {name}({inputs}) -> int:  {mark}\n{body}\n", ""


REFUSED = (
    Refused(
        "names are unique",
        *calls(
            '    b = t(a=a).with_overrides(node_name="x")\n'
            '    return t(a=b).with_overrides(node_name="x")  # E: DW415 another call of this workflow is named `x` already'
        ),
    ),
    Refused(
        "names are unique",
        *task(
            "",
            'volumes = [\n    {name = "v", mount_path = "/a", secret = "s"},\n'
            '    {name = "v", mount_path = "/b", secret = "s"},  # E: DW530 repeats the name\n]',
        ),
    ),
    Refused(
        "names are unique",
        *template(
            'pod_spec={"containers": [{"name": "primary", "env": [{"name": "A", "value": "1"}]}]}',
            "# E: DW540 the variable A is set by the pod template and by the task itself",
            decorator='environment={"A": "2"}, ',
        ),
    ),
    Refused(
        "letters and lengths of names",
        *calls(f'    return t(a=a).with_overrides(node_name="{"x" * 51}")  # E: DW415 50'),
    ),
    Refused("letters and lengths of names", *calls("    return t(a=a)", name="w" * 64, mark="# E: DW532 has 64 characters")),
    Refused("letters and lengths of names", *calls("    return t(a=größe)", inputs="größe: int = 1", mark="# E: DW532 größe")),
    Refused(
        "letters and lengths of names",
        *task("", f'[tool.dagwright.argo.schedules.{"s" * 50}]  # E: DW530 Argo takes 52\nworkflow = "main"\ncron = ["@daily"]'),
    ),
    Refused(
        "no name of a call begins with a digit",
        *calls('    return t(a=a).with_overrides(node_name="2nd")  # E: DW532 with a letter first'),
    ),
    Refused(
        "no cycles",
        *calls(
            "    b = t(a=a)\n    c = t(a=b)\n    c >> b  # E: DW491\n    return c",
        ),
    ),
    Refused("no cycles", *calls("    return main(a=t(a=a))  # E: DW490 main")),
    Refused(
        "every input is supplied",
        calls("    return t(a=a)", inputs="a: int")[0],
        '[tool.dagwright.argo.schedules.s]  # E: DW530 has no value for `a`\nworkflow = "main"\ncron = ["@daily"]',
    ),
    Refused(
        "every tag is in scope",
        *template('pod_spec={"containers": [{"name": "primary", "image": "{{inputs.parameters.x}}"}]}', "# E: DW539 hold {{"),
    ),
    Refused("every expression is in scope", *task("", 'python = "{{=x}}"  # E: DW530 Argo would expand')),
    Refused("every tag is in scope", *template('pod_spec={"hostname": "{{x}}"}', "# E: DW540 hostname is '{{x}}'")),
    Refused(
        "every tag is in scope",
        *task(
            "",
            'topology_spread = [{maxSkew = 1, topologyKey = "z", whenUnsatisfiable = "DoNotSchedule", labelSelector = '
            '{matchLabels = {a = "{{x}}"}}}]  # E: DW530 matchLabels.a is not a label',
        ),
    ),
    Refused("every tag is closed", *task("", 'image = "a{{"  # E: DW530 Argo would expand')),
    Refused(
        "a task's outputs are read behind it", *task("", 'mutexes = ["{{tasks.t.outputs.result}}"]  # E: DW530 would expand')
    ),
    Refused("times have units", *task("timeout=timedelta(seconds=-1)", mark="# E: DW507")),
    Refused("words of enumerations", *task("", 'pod_gc = "OnPodFailure"  # E: DW530 none of OnPodCompletion, OnPodSuccess,')),
    Refused(
        "words of enumerations",
        *task(
            "",
            '[tool.dagwright.argo.schedules.s]\nworkflow = "main"\ncron = ["@daily"]\nconcurrency = "Queue"  # E: DW530 is none of Allow, Forbid, Replace',
        ),
    ),
    Refused(
        "schedules and timezones",
        *task("", '[tool.dagwright.argo.schedules.s]  # E: DW530 has 4 fields, not 5\nworkflow = "main"\ncron = ["0 3 * *"]'),
    ),
    Refused(
        "schedules and timezones",
        *task(
            "",
            "[tool.dagwright.argo.schedules.s]  # E: DW530 has the timezone 'berlin', which is none\n"
            'workflow = "main"\ncron = ["@daily"]\ntimezone = "berlin"',
        ),
    ),
    Refused(
        "mounts",
        *template(
            'pod_spec={"volumes": [{"name": "v", "emptyDir": {}}], "containers": [{"name": "primary", "volumeMounts": '
            '[{"name": "v", "mountPath": "/v"}, {"name": "v", "mountPath": "/v/"}]}]}',
            "# E: DW540 mounts two volumes at /v/",
        ),
    ),
    Refused(
        "mounts",
        *template(
            'pod_spec={"containers": [{"name": "primary", "volumeMounts": [{"name": "v", "mountPath": "/v"}]}]}',
            "# E: DW540 mounts the volume v, which the pod does not have",
        ),
    ),
    Refused("images", *task('container_image=" "', mark="# E: DW503 is not the name of an image")),
    Refused("images", *task("", 'image = ""  # E: DW530 is empty')),
    Refused("images", *template('pod_spec={"initContainers": [{"name": "a"}]}', "# E: DW540 has no image")),
    Refused(
        "names of containers",
        *template('pod_spec={"containers": [{"name": "wait", "image": "a"}]}', "# E: DW540 that Argo keeps for itself"),
    ),
    Refused(
        "names of containers",
        *template('pod_spec={"initContainers": [{"name": "init", "image": "a"}]}', "# E: DW540 that Argo keeps for itself"),
    ),
    Refused("no empty graph", "@workflow\ndef main(a: int = 1) -> int:  # E: DW533 calls no task\n    return a\n"),
    Refused("quantities", *task('requests=Resources(cpu="2 cores")', mark="# E: DW504 2 cores")),
    Refused("quantities", *task("", 'memory = "1 Gi"  # E: DW530 not a quantity')),
    Refused(
        "quantities",
        *template(
            'pod_spec={"containers": [{"name": "a", "image": "a", "resources": {"limits": {"memory": "1 Gi"}}}]}',
            "# E: DW540 memory is not a quantity",
        ),
    ),
    Refused(
        "quantities",
        *template(
            'pod_spec={"volumes": [{"name": "v", "emptyDir": {"sizeLimit": "1 Gi"}}]}', "# E: DW540 sizeLimit is not a quantity"
        ),
    ),
    Refused("parallelism of graphs only", *task("", "parallelism = 0  # E: DW530 >= 1")),
    Refused("labels, annotations and variables", *task('environment={"1A": "x"}', mark="# E: DW532 with no digit first")),
    Refused("labels, annotations and variables", *template('labels={"a b": "x"}', "# E: DW540 no name that Kubernetes takes")),
    Refused("labels, annotations and variables", *template('labels={"a": "-"}', "# E: DW540 the value '-'")),
    Refused("labels, annotations and variables", *task("", "labels = {a = \"-\"}  # E: DW530 the value '-'")),
    Refused(
        "counts and bytes",
        *calls(
            "    return t(a=a0)",
            inputs=", ".join(f"a{number}: int = 1" for number in range(499)),
            mark="# E: DW534 has 499 inputs",
        ),
    ),
    Refused(
        "counts and bytes",
        calls("    return t(a=a)", mark="# E: DW536 takes about")[0],
        "max_workflow_bytes = 2_000",
    ),
    Refused(
        "tags are on the list",
        *template('annotations={"a": "{{workflow.name}}"}', "# E: DW539 annotations of the pod template hold {{"),
    ),
)
NEAR = {
    "functions and calls with names that templates of ours have": """\
@task
def main_(a: int) -> int:
    return a


@task
def a_b(a: int) -> list[int]:
    return [a]


@task
def a__b(a: int) -> int:
    return a


@task
def map_a_b(a: int) -> int:
    return a


@task
def on_exit(a: int, unit: int, count: int, store: int, dagwright_run: str) -> None: ...


@workflow(on_failure=on_exit)
def main(a: int, unit: int = 1, count: int = 2, store: int = 3, dagwright_run: str = "{{=x}} {{item}} {{") -> tuple[int, list[int]]:
    elements = map_task(a__b, concurrency=3)(a=a_b(a=store))
    return map_a_b(a=main_(a=unit)).with_overrides(node_name="on-exit"), elements
""",
    "names as long as they may be": f"""\
@task(environment={{"A": "{{{{workflow.name}}}} $(X)"}})
def t{"t" * 127}(a: int) -> int:
    return a


@workflow
def main{"n" * 59}(a: int = 1) -> int:
    return t{"t" * 127}(a=a).with_overrides(node_name="{"x" * 50}")
""",
    "one function in several ways": """\
@task(timeout=timedelta(seconds=0.1), retries=3)
def t(a: int) -> int:
    return a


@workflow
def main(xs: list[int], a: int = 1) -> list[int]:
    first = t(a=a).with_overrides(requests=Resources(cpu="1.5", mem="1e3"), node_name="second")
    second = map_task(t, min_success_ratio=0.5)(a=xs)
    first >> second
    return map_task(t, concurrency=2)(a=xs)
""",
}
"""Projects that come near to breaking something, and do not."""


@pytest.fixture(scope="module")
def valid() -> list[object]:
    return whole()


def written(folder, source: str, settings: str) -> Case:
    place = folder / "argo_errors" / "case" / "input"
    place.mkdir(parents=True)
    (place / "flow.py").write_text(_IMPORTS + source, "utf-8")
    (place / "pyproject.toml").write_text(f'[tool.dagwright.argo]\nstore = "s3://bucket/prefix"\n{settings}\n', "utf-8")
    return Case(place.parent)


@pytest.mark.parametrize("row", REFUSED, ids=lambda row: row.rule)
def test_what_a_user_could_bring_about_is_refused_at_its_line(row: Refused, tmp_path) -> None:
    case = written(tmp_path, row.source, row.settings)
    expected = case.expected_findings()
    found = {announced(item): item.message for item in findings(case)}
    assert sorted(found) == sorted(expected), report(case)
    assert expected
    for place, part in expected.items():
        assert part in found[place]


def test_every_golden_manifest_keeps_every_rule() -> None:
    paths = sorted(ROOT.rglob("argo.yaml"))
    assert len(paths) > 80
    for path in paths:
        text = path.read_text("utf-8").replace("<digest>", "0123456789ab")
        assert broken(yaml.load_all(text, yaml.CSafeLoader)) == {}, path


@pytest.mark.parametrize("name", NEAR)
def test_what_comes_near_keeps_every_rule(name: str) -> None:
    documents = compiled_objects(_IMPORTS + NEAR[name])
    assert broken(documents) == {}
    assert [error.message for item in documents for error in strict_validator(item["kind"]).iter_errors(item)] == []


def test_a_valid_manifest_keeps_every_rule(valid) -> None:
    assert broken(valid) == {}


@pytest.mark.parametrize("row", BREAKS, ids=lambda row: f"{row.rule}: {row.edits[0].place}")
def test_a_rule_is_broken_by_what_the_schema_takes(row: Break, valid) -> None:
    documents = changed(valid, row.edits)
    assert row.rule in broken(documents)
    assert [error.message for item in documents for error in strict_validator(item["kind"]).iter_errors(item)] == []


def test_every_rule_can_fail() -> None:
    rules = {*OF_WORKFLOWS, *OF_SCHEDULES}
    assert {row.rule for row in BREAKS} == rules
    assert {row.rule for row in REFUSED} <= rules
    of_schedules = {row.rule for row in BREAKS if any(edit.place.startswith(("schedule/", "template/")) for edit in row.edits)}
    assert of_schedules | {"labels, annotations and variables"} >= set(OF_SCHEDULES)
