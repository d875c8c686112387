"""Manifest model to YAML and back."""

import msgspec
import pytest
import yaml
from argo_manifests import STORE, compile_argo
from handmade import call, program, task, workflow
from msgspec.structs import replace

from dagwright_argo import model
from dagwright_argo.emit import block, emit
from dagwright_argo.settings import VolumeSetting
from dagwright_compiler.ir.program import Policy, Resources

PARAMETERS = model.Parameters(parameters=())


def read(text):
    return yaml.load(text, yaml.CSafeLoader)


def config_map(**data):
    return model.ConfigMap(
        metadata=model.Metadata(name="c", labels={"a": "b"}, annotations={"c": "d"}), data=data, binary_data={}
    )


@pytest.mark.parametrize(
    ("text", "header"),
    [
        ("a\n", "|"),
        ("a\nb", "|-"),
        ("a\n\n\n", "|+"),
        ("  indented\nnot\n", "|2"),
        ("\nfirst line empty\n", "|2"),
        ("tail  \n  \n", "|"),
        ("\ttab\n", "|2"),
        ("é 🔥\n", "|"),
        ("--- \n...\n# no comment\n- a: b\n", "|"),
        ("{{workflow.name}}\n", "|"),
    ],
)
def test_a_file_becomes_lines_that_read_back_as_they_were(text, header):
    written = block(text, 4)
    assert written.partition("\n")[0] == header
    assert read(emit(config_map(f=text, g="next\n")))["data"] == {"f": text, "g": "next\n"}


@pytest.mark.parametrize(
    "text",
    ["", "\n", "\n\n", "one line", "a\r\nb\r\n", "a\x0cb\n", "a\x85b\n", "a\u2028b\n", "\x7f\n", "a\ufeff\n", "a\x1b[0m\n"],
)
def test_a_text_that_a_block_would_change_is_quoted(text):
    assert block(text, 4).startswith('"')
    assert read(emit(config_map(f=text)))["data"] == {"f": text}


def everything():
    policy = Policy(
        retries=2,
        timeout_s=30.5,
        requests=Resources(cpu="1", mem="1Gi", gpu="1", ephemeral_storage="2Gi"),
        limits=Resources(cpu="2"),
        image="registry.example/image:1",
        environment=(("A", "b: c"),),
    )
    nodes = (
        call("t", a="$x"),
        replace(call("other"), policy=policy),
        replace(call("spot"), policy=Policy(interruptible=True)),
        replace(call("n" * 64, task="flow." + "n" * 64), policy=Policy(interruptible=False)),
    )
    volumes = [
        {"name": "scratch", "mount_path": "/scratch", "claim": "data", "read_only": True},
        {"name": "keys", "mount_path": "/keys", "secret": "keys"},
        {"name": "conf", "mount_path": "/conf", "config_map": "conf"},
        {"name": "host", "mount_path": "/host", "host_path": "/srv"},
    ]
    settings = {
        **STORE,
        "namespace": "team-a",
        "service_account": "runner",
        "env_secrets": ["s3"],
        "env": {"X": "y"},
        "interruptible_tolerations": [{"key": "spot", "operator": "Exists", "effect": "NoSchedule"}],
        "volumes": volumes,
    }
    return program(workflow("flow.wf", *nodes, inputs=("x",)), tasks=(task("flow." + "n" * 64),)), settings


def test_the_text_parses_to_exactly_the_model(monkeypatch):
    shown = []
    monkeypatch.setattr("dagwright_argo.target.emit", lambda document, note: shown.append(document) or emit(document, note))
    compiled = compile_argo(*everything())
    plain = [msgspec.json.decode(msgspec.json.encode(document)) for document in shown]
    for config in plain[:2]:
        for table in ("data", "binaryData"):
            if not config[table]:
                del config[table]
    assert plain == compiled.documents


def test_every_setting_arrives():
    pod = compile_argo(*everything()).pods()["t"]
    assert pod["serviceAccountName"] == "runner"
    assert {"name": "X", "value": "y"} in pod["container"]["env"]
    assert pod["container"]["envFrom"] == [{"secretRef": {"name": "s3"}}]
    assert pod["volumes"][3:] == [
        {"name": "scratch", "persistentVolumeClaim": {"claimName": "data"}},
        {"name": "keys", "secret": {"secretName": "keys"}},
        {"name": "conf", "configMap": {"name": "conf"}},
        {"name": "host", "hostPath": {"path": "/srv"}},
    ]
    assert {"name": "scratch", "mountPath": "/scratch", "readOnly": True} in pod["container"]["volumeMounts"]
    assert {item["metadata"]["namespace"] for item in compile_argo(*everything()).documents} == {"team-a"}
    assert VolumeSetting.__struct_fields__ == ("name", "mount_path", "host_path", "claim", "config_map", "secret", "read_only")
