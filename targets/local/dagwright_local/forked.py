"""Attempts forked from the clean process (``server``): how ``dagwright run`` executes unless told otherwise."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING, Any, Self

from dagwright_local.schedule import Counts, Finished
from dagwright_local.server import CLOSED_FILE, OUTPUTS_FILE

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from dagwright_local.schedule import Job


class ForkedLauncher:
    """Starts attempts through one server process; a context manager that ends it.

    Args:
        setup: What the server needs to know of the run.
        scratch: A folder for the attempts' work.
    """

    def __init__(self, setup: Mapping[str, Any], scratch: Path) -> None:
        self._scratch = scratch
        self._jobs: dict[int, Job] = {}
        self.errors: dict[Job, dict[str, Any]] = {}
        """Error documents of attempts that failed."""
        # -P: the working directory is no place to import the runtime's needs from
        command = [sys.executable, "-P", "-m", "dagwright_local.server"]
        self._server = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)  # noqa: S603
        self._order(setup)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        assert self._server.stdin is not None
        assert self._server.stdout is not None
        self._server.stdin.close()
        self._server.wait()
        self._server.stdout.close()

    def start(self, job: Job) -> None:
        """Have an attempt started."""
        number = len(self._jobs)
        self._jobs[number] = job
        self._order(
            {
                "id": number,
                "unit": job.node,
                "index": job.pod,
                "attempt": job.attempt,
                "work": str(self.work_of(job)),
                "prefix": f"{job.label} | ",
            }
        )

    def wait(self) -> Finished:
        """Wait for the end of any attempt."""
        answer = self._answer()
        job = self._jobs[answer["id"]]
        closed = answer.get("closed") or self._closed(job)
        if closed is None:
            return Finished(job, answer["code"])
        if closed["error"]:
            self.errors[job] = closed["error"]
        return Finished(job, closed["code"], closed["state"], Counts(**closed["counts"]) if closed["counts"] else None)

    def outputs(self) -> str | None:
        """Have the run's outputs read; give them as JSON text, or ``None`` when that failed and was reported."""
        self._order({"id": len(self._jobs), "unit": None, "work": str(self._scratch)})
        if self._answer()["code"] != 0:
            return None
        return (self._scratch / OUTPUTS_FILE).read_text("utf-8")

    def work_of(self, job: Job) -> Path:
        """Folder of a node's attempt, where its control outputs stand. Each attempt of an element has its own."""
        name = job.node if job.pod is None else f"{job.node}.{job.pod}"
        return self._scratch / name / str(job.attempt)

    def _closed(self, job: Job) -> dict[str, Any] | None:
        path = self.work_of(job) / CLOSED_FILE
        if not path.exists():
            return None
        closed: dict[str, Any] = json.loads(path.read_bytes())
        return closed

    def _order(self, order: Mapping[str, Any]) -> None:
        assert self._server.stdin is not None
        self._server.stdin.write(json.dumps(order).encode() + b"\n")
        self._server.stdin.flush()

    def _answer(self) -> dict[str, Any]:
        assert self._server.stdout is not None
        line = self._server.stdout.readline()
        if not line:
            raise RuntimeError(f"the process that attempts are forked from ended (exit {self._server.wait()})")
        answer: dict[str, Any] = json.loads(line)
        return answer
