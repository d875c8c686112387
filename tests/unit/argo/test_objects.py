"""ConfigMaps: what travels with a manifest."""

import base64

import pytest
from argo_manifests import compile_argo
from handmade import call, program, workflow

PROGRAM = program(workflow("flow.wf", call("t")))


def config_map(**files):
    return compile_argo(PROGRAM, files=dict(files.items())).documents[1]


def test_plan_and_modules_are_text():
    data = config_map(**{"flow.py": b"x = 1\n"})["data"]
    assert list(data) == ["plan.json", "flow.py"]
    assert data["flow.py"] == "x = 1\n"


@pytest.mark.parametrize(
    "content",
    [
        b"\xff\xfe",
        b"a\0b",
        b"x = '\xc2\x85'\n",
        b"'\x7f'\n",
        b"'\xef\xbf\xbe'\n",
        b"\xef\xbb\xbfx = 1\n",
        b"# coding: latin-1\n# \xe9\n",
    ],
)
def test_what_is_no_text_travels_as_bytes(content):
    found = config_map(**{"flow.py": content})
    assert "flow.py" not in found["data"]
    assert base64.b64decode(found["binaryData"]["flow.py"]) == content


def test_every_file_is_mounted_at_its_path():
    files = {
        "pkg/__init__.py": b"",
        "pkg/steps.py": b"x = 1\n",
        "pkg.steps.py": b"no module\n",
        "größe/.env": b"a\n",
        "plan.json": b"{}\n",
    }
    compiled = compile_argo(PROGRAM, files=files)
    data = compiled.documents[1]["data"]
    volume = next(item for item in compiled.pods()["t"]["volumes"] if item["name"] == "dagwright-code")["configMap"]
    assert volume["name"] == compiled.documents[1]["metadata"]["name"]
    mounted = {item["path"]: data[item["key"]].encode() for item in volume["items"]}
    assert mounted == {f"code/{path}": content for path, content in files.items()} | {
        "plan/plan.json": compiled.artefact.bundle.plan
    }


def test_keys_are_those_that_kubernetes_takes():
    files = dict.fromkeys(("a b.py", "größe.py", "..hidden", "x/..y", "-", "é"), b"\n")
    keys = list(compile_argo(PROGRAM, files=files).documents[1]["data"])
    assert len(set(keys)) == len(files) + 1
    assert all(
        all(char.isascii() and (char.isalnum() or char in "-._") for char in key) and not key.startswith("..") for key in keys
    )


def test_objects_are_immutable_labelled_and_left_alone_by_argo_cd():
    compiled = compile_argo(PROGRAM)
    for document in compiled.documents[:2]:
        assert document["immutable"] is True
        assert document["metadata"]["annotations"] == {
            "argocd.argoproj.io/sync-options": "Prune=false",
            "argocd.argoproj.io/compare-options": "IgnoreExtraneous",
        }
    assert compiled.documents[1]["metadata"]["labels"] == {
        "app.kubernetes.io/managed-by": "dagwright",
        "dagwright/workflow": "wf",
        "dagwright/digest": compiled.artefact.bundle.digest[:12],
    }
