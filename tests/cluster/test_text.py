"""Text of the user goes through manifest, API server, controller and kubelet unchanged."""

import pytest
import yaml
from live_cluster import config_map_files, kubectl, read

from dagwright_argo.expansion import json_text

pytestmark = pytest.mark.cluster

HOSTILE = [
    "{{workflow.name}}",
    "{{=1+1}} {{ unclosed",
    "{{tasks.nope.outputs.parameters.x}}",
    "$(HOME) $$(HOME) $$ ${HOME} $",
    "'single' \"double\" `back` \\ \\\\ \\n",
    "two\nlines\r\nand\ttabs",
    "emoji 🔥, combining e\u0301, right to left \u202e, NEL \u0085, LS \u2028",
    "",
    " spaces ",
    "y",
    "1e3",
    "null",
    "%TAG ! & * - ? : , [ ] { } # | > @",
]

MANY = ["|".join(HOSTILE[start::3]) for start in range(3)]
"""All of them as elements of a map, in few pods."""
SHOWN = "".join(text for text in HOSTILE if "\u0085" not in text)
"""What a variable can hold: the API server drops some control characters."""
NOTE = "emoji 🔥, combining e\u0301, right to left \u202e, LS \u2028" + HOSTILE[3]
"""What an annotation can hold: nothing there protects a tag."""

SOURCE = f"""\
import os

from dagwright import PodTemplate, map_task, task, workflow

HOSTILE = {HOSTILE!r}
# {{{{workflow.name}}}} in a comment, and a tab:\tx


@task(environment={{"HOSTILE": HOSTILE[3] + HOSTILE[0]}}, pod_template=PodTemplate(annotations={{"example.org/note": {NOTE!r}}}))
def environment() -> str:
    return os.environ["HOSTILE"] + os.environ.get("FROM_SETTINGS", "")


@task
def joined(texts: list[str], default: str, given: str, element: list[str]) -> list[str]:
    return [*texts, default, given, *element]


@task
def same(text: str) -> str:
    return text


@workflow
def texts(given: str, many: list[str], default: str = "{{{{workflow.name}}}} {{{{=1+1}}}} {{{{ 'x' \\"y\\" 🔥 $$ $(HOME)") -> tuple[list[str], str]:
    return joined(texts=HOSTILE, default=default, given=given, element=map_task(same)(text=many)), environment()
"""


def test_hostile_text_arrives_unchanged_from_everywhere(flows, argo):
    table = {**argo, "env": {"FROM_SETTINGS": SHOWN}, "annotations": {"example.org/all": NOTE}, "pod_gc": ""}
    flow = flows(SOURCE, "texts", table)
    run = flow.submit(given=json_text("".join(HOSTILE)), many=json_text(MANY)).succeeded()
    default = "{{workflow.name}} {{=1+1}} {{ 'x' \"y\" 🔥 $$ $(HOME)"
    assert run.outputs() == [[*HOSTILE, default, "".join(HOSTILE), *MANY], HOSTILE[3] + HOSTILE[0] + SHOWN]
    annotations = read("pod", run.pod_name("environment"))["metadata"]["annotations"]
    assert annotations["example.org/note"] == NOTE
    assert annotations["example.org/all"] == NOTE


def test_bare_text_is_a_str(flows, argo):
    flow = flows(SOURCE, "texts", argo)
    run = flow.submit(given='O\'Brien said: $5, 1 $$ and "so on"', many="[]").succeeded()
    assert run.outputs()[0][-1] == 'O\'Brien said: $5, 1 $$ and "so on"'


def test_the_api_server_keeps_every_byte_of_the_code(flows, argo):
    comments = "".join(f"# {line!r} {line.splitlines()[0] if line else ''}\n" for line in HOSTILE)
    parts = {
        "tabs.py": "if True:\n\tx = 1\n",
        "spaces.py": "   \nx = 1\n\n\n",
        "empty.py": "",
        "crlf.py": "x = 1\r\n",
        "odd.py": comments,
        "end.py": "x = 1",
    }
    source = SOURCE + "".join(f"\ndef use_{path.partition('.')[0]}():\n    import {path.partition('.')[0]}\n" for path in parts)
    flow = flows(source, "texts", argo, parts=parts)
    kept = read(*flow.objects[1])
    found = config_map_files(kept)
    written = {"flow.py": source, **parts}
    assert {path: found[path] for path in written} == {path: content.encode() for path, content in written.items()}


def test_the_api_server_takes_the_manifest_as_it_was_written(flows, argo):
    flow = flows(SOURCE, "texts", argo)
    kubectl("apply", "--server-side", "--dry-run=server", "-f", "-", stdin=flow.manifest)
    kept = read(*flow.objects[2])
    written = list(yaml.load_all(flow.manifest, yaml.CSafeLoader))[2]
    assert kept["spec"]["arguments"] == written["spec"]["arguments"]
