"""Argo's own validators accept what we emit: both supported lines, every golden manifest, and shapes that goldens lack."""

import json
import re
import subprocess
from pathlib import Path

import handmade
import pytest
import yaml
from argo_linters import VERSIONS, linter
from argo_manifests import compile_argo
from handmade import call, literal, program, task, workflow
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from dagwright.contract.types import BOOL, INT, STR, list_of
from dagwright_argo.schedules import cron_problem
from dagwright_compiler.ir.program import Accelerator, Field, MapNode, PodTemplate, Policy, Resources, Secret

GOLDENS = Path(__file__).parents[1] / "golden"
INTS = list_of(INT)
POD = {
    "containers": [
        {
            "name": "primary",
            "env": [{"name": "IP", "valueFrom": {"fieldRef": {"fieldPath": "status.podIP"}}}],
            "envFrom": [{"configMapRef": {"name": "conf"}}],
            "volumeMounts": [{"name": "data", "mountPath": "/data"}],
            "securityContext": {"runAsUser": 1000},
            "livenessProbe": {"exec": {"command": ["true"]}},
        },
        {"name": "side", "image": "busybox", "command": ["sleep", "60"]},
    ],
    "initContainers": [{"name": "first", "image": "busybox", "command": ["true"]}],
    "volumes": [{"name": "data", "csi": {"driver": "example.org"}}],
    "tolerations": [{"key": "a", "operator": "Exists"}],
    "affinity": {"podAntiAffinity": {}},
    "hostAliases": [{"ip": "10.0.0.1", "hostnames": ["db"]}],
    "imagePullSecrets": [{"name": "registry"}],
    "dnsConfig": {"options": [{"name": "{{workflow.name}}"}]},
    "topologySpreadConstraints": [{"maxSkew": 1, "topologyKey": "zone", "whenUnsatisfiable": "ScheduleAnyway"}],
}
HOSTILE = "{{tasks.nope.outputs.parameters.x}} {{=1+1}} {{ ' \" \n 🔥"
SCHEDULE = {
    "workflow": "scheduled",
    "cron": ["*/5 3 * * MON-FRI", "@every 1h30m"],
    "timezone": "Europe/Berlin",
    "inputs": {"n": 1, "xs": [1], "flag": True},
    "kickoff_input": "text",
}
FILES = {"flow.py": b"#" * 6_000, "pkg/__init__.py": b"", "pkg/steps.py": b"#" * 6_000}


def mapped(node, **arguments):
    return MapNode(id=node, task="flow.t", over="a", bindings=handmade.bindings(arguments), concurrency=3)


def everything(name="everything"):
    """One of each: maps over all kinds of lists, order, policies, defaults of all kinds, hostile text."""
    lister = replace(task("flow.split"), outputs=(Field(name="o0", type=INTS),))
    policy = Policy(
        retries=3,
        timeout_s=60,
        requests=Resources(cpu="250m", mem="1.5Gi", gpu="1"),
        environment=(("A", "{{workflow.name}} $(X)"),),
        secrets=(
            Secret(group="hub", key="token", env_var="HF"),
            Secret(group="tls", key="cert.pem", mount="file"),
            Secret(group="all", mount="env"),
        ),
        accelerator=Accelerator(device="nvidia-tesla-a100", partition=""),
        shared_memory="1Gi",
        pod_template=PodTemplate(labels=(("team", "ml"),), annotations=(("a/b", "c d"),), pod_spec=json.dumps(POD)),
    )
    nodes = (
        call("split", task="flow.split", a="$n"),
        mapped("of-output", a="split"),
        mapped("of-map", a="of-output"),
        mapped("of-input", a="$xs"),
        mapped("of-literal", a=literal([1, 2], INTS)),
        replace(call("t", a="$text", after=["of-map", "of-input"]), policy=policy),
    )
    inputs = (
        Field(name="n", type=INT),
        Field(name="xs", type=INTS, has_default=True, default=[]),
        Field(name="flag", type=BOOL, has_default=True, default=True),
        Field(name="text", type=STR, has_default=True, default=HOSTILE),
    )
    made = program(workflow(f"flow.{name}", *nodes), tasks=(lister,))
    return replace(made, workflow=replace(made.workflow, inputs=inputs))


def large():
    """Nested DAGs with counts that cross their borders."""
    lister = replace(task("flow.split"), outputs=(Field(name="o0", type=INTS),))
    nodes = [call("split-0", task="flow.split")]
    for number in range(1, 120):
        nodes += [
            call(
                f"split-{number}",
                task="flow.split",
                a=f"split-{number - 1}",
                after=[f"each-{number * 7 // 11}"] if number > 2 else (),
            ),
            mapped(f"each-{number}", a=f"split-{number * 9 // 11}"),
        ]
    return program(workflow("flow.large", *nodes), tasks=(lister,))


@pytest.fixture(scope="module")
def manifests(tmp_path_factory):
    folder = tmp_path_factory.mktemp("manifests")
    made = {
        "everything": (everything(), {}),
        "configured": (everything(), {"store": "s3://b/p", "namespace": "n", "max_code_bytes": 10_000}),
        "large": (large(), {}),
        "run": (everything(), {"store": "s3://b/p"}, {"kind": "Workflow", "name": "one", "inputs": {"n": "1", "text": HOSTILE}}),
        "scheduled": (everything("scheduled"), {"store": "s3://b/p", "namespace": "n", "schedules": {"a": SCHEDULE}}),
    }
    for name, (found, table, *options) in made.items():
        compiled = compile_argo(found, table, files=FILES, options=options[0] if options else {})
        (folder / f"{name}.yaml").write_text("---\n".join(compiled.artefact.objects))
    # Names must not repeat within one call of the validator, and goldens hold placeholders for digests.
    for path in sorted(GOLDENS.rglob("argo.yaml")):
        documents = [item for item in yaml.load_all(path.read_text(), yaml.CSafeLoader) if item["kind"] != "ConfigMap"]
        prefix = path.parent.name.replace("_", "-")[:31]
        for document in documents:
            document["metadata"]["name"] = f"{prefix}-{document['metadata']['name'][:20]}"
            if document["kind"] == "CronWorkflow":
                reference = document["spec"]["workflowSpec"]["workflowTemplateRef"]
                reference["name"] = f"{prefix}-{reference['name'][:20]}"
        name = "-".join(path.relative_to(GOLDENS).parts[:-1])
        (folder / f"golden-{name}.yaml").write_text("\n---\n".join(map(json.dumps, documents)))
    return folder


def lint(version, folder):
    files = sorted(map(str, folder.glob("*.yaml")))
    return subprocess.run([linter(version), *files], capture_output=True, text=True, check=False)


@pytest.mark.parametrize("version", VERSIONS)
def test_argos_validator_accepts_every_manifest(version, manifests):
    done = lint(version, manifests)
    assert done.returncode == 0, done.stdout + done.stderr


PARTS = st.sampled_from(
    [
        "*",
        "?",
        "0",
        "1",
        "2",
        "3",
        "4",
        "5",
        "6",
        "7",
        "8",
        "9",
        "12",
        "13",
        "23",
        "24",
        "31",
        "32",
        "59",
        "60",
        "1-5",
        "5-1",
        "1-",
        "-1",
        "-",
        "1-2-3",
        "*-3",
        "*/2",
        "*/0",
        "1/3",
        "1/2/3",
        "1,2",
        ",",
        "1,,2",
        "MON",
        "sun",
        "MON-FRI",
        "FRI-MON",
        "MON/2",
        "jan",
        "DEC",
        "L",
        "1#2",
        "0x1",
        "1e1",
        "01",
    ]
)
CRON = (
    st.lists(PARTS, min_size=5, max_size=5).map(" ".join)
    | st.lists(PARTS, max_size=7).map(" ".join)
    | st.sampled_from(
        [
            "@yearly",
            "@annually",
            "@monthly",
            "@weekly",
            "@daily",
            "@midnight",
            "@hourly",
            "@reboot",
            "@every 1s",
            "@every 5",
            "@every",
            "@every 1h2m3s",
        ]
    )
)


@pytest.mark.parametrize("version", VERSIONS)
def test_our_grammar_of_schedules_is_within_argos(version, tmp_path):
    """What we take, Argo's parser takes; what that takes and we refuse never comes, or has a part that it skips (``1,,2``, ``*-3``)."""
    texts: dict[str, str] = {}

    @settings(max_examples=400, database=None)
    @given(CRON)
    def collect(text):
        texts.setdefault(text, f"cron-{len(texts)}")

    collect()
    verdicts = {text: cron_problem(text) for text in texts}
    assert sum(not problem for problem in verdicts.values()) > 10
    for text, name in texts.items():
        document = {
            "apiVersion": "argoproj.io/v1alpha1",
            "kind": "CronWorkflow",
            "metadata": {"name": name},
            "spec": {"schedules": [text], "workflowSpec": {"entrypoint": "a", "templates": [{"name": "a", "suspend": {}}]}},
        }
        (tmp_path / f"{name}.yaml").write_text(json.dumps(document))
    refused = set(re.findall(r"\bcron-\d+\b", lint(version, tmp_path).stdout))
    for text, name in texts.items():
        if name in refused:
            assert verdicts[text], f"Argo refuses {text!r}"
        else:
            harmless = "never comes" in verdicts[text] or re.search(r"[*?]-|,", text)
            assert not verdicts[text] or harmless, f"Argo takes {text!r}: {verdicts[text]}"


@pytest.mark.parametrize("version", VERSIONS)
def test_argos_validator_refuses_a_broken_reference(version, tmp_path):
    text = compile_argo(everything()).artefact.objects[-1]
    (tmp_path / "broken.yaml").write_text(text.replace("{{tasks.split.outputs", "{{tasks.other.outputs"))
    done = lint(version, tmp_path)
    assert done.returncode == 1, done.stdout + done.stderr
    assert "failed to resolve {{tasks.other" in done.stdout
