"""Hostile text anywhere in a program reaches the manifest unchanged, or not at all, and never as a tag."""

import base64
import json

import yaml
from argo_manifests import STORE, compile_argo, live_text, strict_validator
from handmade import call, literal, program, workflow
from hypothesis import example, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from dagwright.contract.types import STR
from dagwright_argo.emit import block
from dagwright_argo.expansion import LOST_ON_THE_WAY
from dagwright_compiler.ir.program import Field, Policy

HOSTILE = st.text() | st.text(alphabet="{}$()=#:-|>'\"\\ \n\t\r&*!%@`?,[]~yn0e3.\x85\u2028\ufeff🔥", max_size=40)
LINES = st.lists(st.text(alphabet=" \t\nab#:-|{'\"é🔥\r\x85", max_size=8)).map("\n".join)


@given(HOSTILE | LINES)
@example("\n\n  x")
@example(" \n")
@example("a\n \n\n")
def test_a_file_survives_in_a_block(text):
    document = f"data:\n  before: x\n  file: {block(text, 4)}\n  after: y\n"
    assert yaml.load(document, yaml.CSafeLoader) == {"data": {"before": "x", "file": text, "after": "y"}}


@settings(deadline=None, max_examples=60)
@given(default=HOSTILE, value=HOSTILE, source=HOSTILE, constant=HOSTILE)
@example("{{workflow.name}}", "$(HOME) {{=1+1}}", "{{tasks.x", "{{item}}")
def test_text_of_the_user_is_never_live(default, value, source, constant):
    value = LOST_ON_THE_WAY.sub("", value).replace("\0", "")
    node = replace(call("t", a="$text", b=literal(constant, STR)), policy=Policy(environment=(("A", value),)))
    made = program(workflow("flow.wf", node))
    made = replace(
        made, workflow=replace(made.workflow, inputs=(Field(name="text", type=STR, has_default=True, default=default),))
    )
    compiled = compile_argo(made, STORE, files={"flow.py": source.encode()})
    assert live_text(compiled.template) == []
    assert list(strict_validator().iter_errors(compiled.template)) == []
    assert json.loads(compiled.template["spec"]["arguments"]["parameters"][0]["value"]) == default
    config_map = compiled.documents[1]
    kept = {name: text.encode() for name, text in config_map.get("data", {}).items()}
    kept |= {name: base64.b64decode(text) for name, text in config_map.get("binaryData", {}).items()}
    assert kept == {"plan.json": compiled.artefact.bundle.plan, "flow.py": source.encode()}


@settings(deadline=None, max_examples=40)
@given(st.lists(st.text(min_size=1, max_size=12), min_size=1, max_size=5, unique=True))
def test_files_of_any_name_keep_their_contents(paths):
    files = {f"pkg/{path.replace('/', '_')}": f"{number}\n".encode() for number, path in enumerate(paths)}
    compiled = compile_argo(program(workflow("flow.wf", call("t"))), files=files)
    config_map = compiled.documents[1]
    volume = compiled.pods()["t"]["volumes"][2]["configMap"]
    assert {item["path"]: config_map["data"][item["key"]].encode() for item in volume["items"][1:]} == {
        f"code/{path}": data for path, data in files.items()
    }
