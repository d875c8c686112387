"""ConfigMaps: what travels with a manifest."""

import base64

import pytest
from argo_manifests import STORE, compile_argo, strict_validator
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


SPREAD = {"a.py": b"#" * 900, "b.py": b"\0" * 200, "pkg/c.py": b"#" * 1_300, "pkg/d.py": b"#" * 100}


def split():
    """Compile with a limit that the plan just fits, and the modules fit only in pairs."""
    compiled = compile_argo(PROGRAM, {**STORE, "max_code_bytes": 1_400}, files=SPREAD)
    assert len(compiled.artefact.bundle.plan) < 1_400
    return compiled


def contents(config_map):
    binary = {key: base64.b64decode(text) for key, text in config_map.get("binaryData", {}).items()}
    return {key: text.encode() for key, text in config_map.get("data", {}).items()} | binary


def test_what_no_config_map_holds_is_spread_over_several_by_whole_files():
    compiled = split()
    digest = compiled.artefact.bundle.digest[:12]
    assert [(item["metadata"]["name"], list(contents(item))) for item in compiled.documents[1:-1]] == [
        (f"wf-plan-{digest}", ["plan.json"]),
        (f"wf-{digest}", ["a.py", "pkg.d.py", "b.py"]),
        (f"wf-2-{digest}", ["pkg.c.py"]),
    ]
    assert all(sum(map(len, contents(item).values())) <= 1_400 for item in compiled.documents[1:-1])
    assert all(item["metadata"]["labels"]["dagwright/workflow"] == "wf" for item in compiled.documents[1:-1])


def test_spread_files_meet_at_their_paths():
    compiled = split()
    found = {item["metadata"]["name"]: contents(item) for item in compiled.documents[1:-1]}
    volume = next(item for item in compiled.pods()["t"]["volumes"] if item["name"] == "dagwright-code")
    sources = [source["configMap"] for source in volume["projected"]["sources"]]
    mounted = {item["path"]: found[source["name"]][item["key"]] for source in sources for item in source["items"]}
    assert mounted == {f"code/{path}": content for path, content in SPREAD.items()} | {
        "plan/plan.json": compiled.artefact.bundle.plan
    }
    assert list(strict_validator().iter_errors(compiled.template)) == []


def test_one_config_map_is_all_up_to_the_limit():
    total = len(compile_argo(PROGRAM, files=SPREAD).artefact.bundle.plan) + sum(map(len, SPREAD.values()))
    for limit, objects in ((total, 3), (total - 1, 4)):
        compiled = compile_argo(PROGRAM, {**STORE, "max_code_bytes": limit}, files=SPREAD)
        assert len(compiled.documents) == objects


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
