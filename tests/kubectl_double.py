"""A ``kubectl`` whose cluster is a folder: a program of its own, with the words, answers and exit codes of the real one.

Objects are files ``KIND/NAME``; versions grow with every change. A file ``meddle`` holds shell commands that run once, after objects were listed.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

PROGRAM = """\
#!{python}
import json, os, subprocess, sys
from pathlib import Path

FOLDER = Path({folder!r})
KINDS = {{"configmap": "configmaps", "workflow": "workflows.argoproj.io"}}


def end(reason, text):
    sys.exit(f"Error from server ({{reason}}): {{text}}")


def place(kind, name=""):
    return FOLDER / KINDS.get(kind, kind) / name


def write(path, item):
    path.parent.mkdir(exist_ok=True)
    item["metadata"]["resourceVersion"] = str(int(item["metadata"].get("resourceVersion", "0")) + 1)
    path.write_text(json.dumps(item))


def main(words):
    assert words.pop(0) == "-n"
    words.pop(0)
    verb, *words = words
    with (FOLDER / "calls").open("a") as calls:
        calls.write(" ".join([verb, *words]) + "\\n")
    if (FOLDER / "forbidden").exists() and " ".join([verb, *words]).startswith((FOLDER / "forbidden").read_text()):
        end("Forbidden", f'configmaps is forbidden: User "me" cannot {{verb}} resource "configmaps" in API group "" in the namespace "argo"')
    if verb == "create":
        item = json.load(sys.stdin)
        path = place(item["kind"].lower(), item["metadata"]["name"])
        if path.exists():
            end("AlreadyExists", f'configmaps "{{path.name}}" already exists')
        item["metadata"].setdefault("creationTimestamp", "2026-11-21T11:00:00Z")
        write(path, item)
    elif verb == "annotate":
        kind, *names = [word for word in words if not word.startswith("--")]
        name, _, value = names.pop().partition("=")
        for each in names:
            item = json.loads(place(kind, each).read_text())
            item["metadata"].setdefault("annotations", {{}})[name] = value
            write(place(kind, each), item)
    elif verb == "delete":
        path = place(*words[1].split("/")[-2:])
        wanted = json.load(sys.stdin)["preconditions"]["resourceVersion"]
        if not path.exists():
            end("NotFound", f'configmaps "{{path.name}}" not found')
        if json.loads(path.read_text())["metadata"]["resourceVersion"] != wanted:
            end("Conflict", "Precondition failed: ResourceVersion in precondition: 1, ResourceVersion in object meta: 2")
        path.unlink()
    elif verb == "get":
        kind, *names = words[: next(number for number, word in enumerate(words) if word.startswith("-"))]
        there = [json.loads(path.read_text()) for path in sorted(place(kind).glob("*")) if not names or path.name in names]
        if words[-1] == "name":
            print("\\n".join(f"{{kind}}/{{item['metadata']['name']}}" for item in there))
        elif names:
            print(json.dumps(there[0]) if there else end("NotFound", f'{{kind}} "{{names[0]}}" not found'))
        else:
            print(json.dumps({{"items": there}}))
            meddle = FOLDER / "meddle"
            if meddle.exists():
                meddle.rename(FOLDER / "meddled")
                subprocess.run(["sh", str(FOLDER / "meddled")], check=True)


main(sys.argv[1:])
"""


class KubectlDouble:
    """The program's folder, for ``PATH``, and its cluster."""

    def __init__(self, folder: Path) -> None:
        self.programs = folder / "programs"
        self.cluster = folder / "cluster"
        self.programs.mkdir()
        (self.cluster / "configmaps").mkdir(parents=True)
        program = self.programs / "kubectl"
        program.write_text(PROGRAM.format(python=sys.executable, folder=str(self.cluster)), "utf-8")
        program.chmod(0o755)

    def add(self, kind: str, name: str, created: str = "2026-11-21T11:00:00Z", *, uid: str = "", **fields: Any) -> None:
        """Put an object there."""
        path = self.cluster / kind / name
        path.parent.mkdir(exist_ok=True)
        metadata = {"name": name, "uid": uid, "creationTimestamp": created, "resourceVersion": "1"}
        path.write_text(json.dumps({"metadata": metadata, **fields}), "utf-8")

    @property
    def config_maps(self) -> dict[str, Any]:
        """What is there."""
        return {path.name: json.loads(path.read_text("utf-8")) for path in (self.cluster / "configmaps").iterdir()}

    @property
    def calls(self) -> list[str]:
        """What was asked."""
        path = self.cluster / "calls"
        return path.read_text("utf-8").splitlines() if path.exists() else []
