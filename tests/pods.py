"""Runs attempts as pods do: a Python, the runtime on its path, a plan by hand, a module of the user, one process an attempt."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

RUNTIME = Path(__file__).parents[1] / "runtime"


class Pods:
    """One run of one hand-made program in a folder of its own."""

    def __init__(self, folder: Path, source: str, *, python: str = sys.executable) -> None:
        self.folder = folder
        self.python = python
        self.run = "run-1"
        self.tasks: dict[str, Any] = {}
        self.nodes: list[dict[str, Any]] = []
        self.inputs: list[dict[str, Any]] = []
        self.publish: dict[str, list[dict[str, str]]] = {}
        self.classes: dict[str, Any] = {}
        self.environment: dict[str, str] = {}
        self.map_pods = 0
        self.stops = False
        """Whether an attempt that fails for good ends what else there is to run: most tests are of attempts by themselves."""
        self.code = folder / "code"
        self.code.mkdir(parents=True, exist_ok=True)
        (self.code / "flow.py").write_text(source, "utf-8")

    def task(
        self, name: str, inputs: dict[str, Any] | None = None, output: str | None = None, *, over: str = "", **policy: Any
    ) -> None:
        """Add a task and a node of the same name; ``inputs`` gives (type, value or binding)."""
        fields = [{"name": key, "type": kind} for key, (kind, _) in (inputs or {}).items()]
        returns = "none" if output is None else "tuple" if output.startswith("(") else "single"
        types = [] if output is None else output.strip("()").split("; ")
        self.tasks[f"flow.{name}"] = {
            "name": f"flow.{name}",
            "module": "flow",
            "function": name,
            "inputs": fields,
            "outputs": [{"name": f"o{n}", "type": kind} for n, kind in enumerate(types)],
            "returns": returns,
            "signature": "f" * 64,
            "policy": policy,
        }
        bound = {
            key: given
            if isinstance(given, dict) and "kind" in given
            else {"kind": "literal", "type": f"list[{kind}]" if key == over else kind, "value": given}
            for key, (kind, given) in (inputs or {}).items()
        }
        node = {"kind": "map" if over else "task", "id": name, "task": f"flow.{name}", "bindings": bound}
        self.nodes.append({**node, "over": over} if over else node)

    def plan(self) -> dict[str, Any]:
        workflow: dict[str, Any] = {
            "name": "flow.wf",
            "inputs": self.inputs,
            "outputs": [],
            "returns": "none",
            "nodes": self.nodes,
        }
        if not self.stops:
            workflow["failure_policy"] = "FAIL_AFTER_EXECUTABLE_NODES_COMPLETE"
        program = {
            "schema": 1,
            "project": "default",
            "domain": "development",
            "classes": self.classes,
            "tasks": self.tasks,
            "workflow": workflow,
        }
        units = {
            node["id"]: {"id": node["id"], "node": node["id"], "publish": self.publish.get(node["id"], [])} for node in self.nodes
        }
        bound = {"map_pods": self.map_pods} if self.map_pods else {}
        return {"schema": 1, "program": program, "units": units, **bound}

    def env(self, *, attempt: int | None = None, **more: str) -> dict[str, str]:
        """Write the plan and give a pod's environment."""
        plan = self.folder / "plan"
        plan.mkdir(exist_ok=True)
        (plan / "plan.json").write_text(json.dumps(self.plan()))
        return {
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(RUNTIME),
            "PYTHONWARNINGS": "error",
            "DAGWRIGHT_STORE": (self.folder / "store").as_uri(),
            "DAGWRIGHT_RUN": self.run,
            "DAGWRIGHT_PLAN": str(plan),
            "DAGWRIGHT_CODE": str(self.code),
            "DAGWRIGHT_WORK": str(self.folder / "work"),
            "DAGWRIGHT_TERMINATION": str(self.folder / "termination"),
            **({} if attempt is None else {"DAGWRIGHT_ATTEMPT": str(attempt)}),
            **self.environment,
            **more,
        }

    def start(self, *arguments: object, attempt: int | None = None, **more: str) -> subprocess.Popen[str]:
        command = [self.python, "-m", "dagwright.execution", *map(str, arguments)]
        pipe = subprocess.PIPE
        return subprocess.Popen(
            command, env=self.env(attempt=attempt, **more), stdout=pipe, stderr=pipe, text=True, encoding="utf-8", cwd=self.folder
        )

    def attempt(self, *arguments: object, attempt: int | None = None, **more: str) -> Ended:
        process = self.start(*arguments, attempt=attempt, **more)
        out, err = process.communicate(timeout=60)
        return Ended(process.returncode, out, err)

    def stored(self, pattern: str) -> list[Path]:
        return sorted((self.folder / "store" / "v1").glob(pattern))

    def records(self, node: str) -> list[dict[str, Any]]:
        return [json.loads(path.read_bytes()) for path in self.stored(f"run/{self.run}/{node}/attempt-*.json")]

    def error(self, node: str) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.stored(f"run/{self.run}/{node}/error-*.json")[-1].read_bytes())
        return found

    def output(self, node: str, name: str = "o0") -> Any:
        pin = json.loads((self.folder / "store" / "v1" / "run" / self.run / node / "out.json").read_bytes())
        return next(output["data"] for output in pin["outputs"] if output["name"] == name)

    @property
    def termination(self) -> str:
        return (self.folder / "termination").read_text("utf-8")


class Ended:
    """A pod that ended: exit code and its log."""

    def __init__(self, code: int, out: str, err: str) -> None:
        self.code = code
        self.out = out
        self.err = err

    def __repr__(self) -> str:
        return f"Ended({self.code}, out={self.out!r}, err={self.err!r})"


def pinned(node: str, output: str = "o0") -> dict[str, str]:
    """Binding to another node's output."""
    return {"kind": "output", "node": node, "output": output}
