"""Attempts as pods have them: a fresh interpreter each, the runtime from its archive, the code from the extracted bundle."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from queue import SimpleQueue
from threading import Thread
from typing import TYPE_CHECKING, Any, Self

from dagwright.cache.blobs import publish_blobs
from dagwright.contract import names
from dagwright.contract.references import refer
from dagwright.execution.archive_modules import kept_code
from dagwright.execution.ending import COUNTS
from dagwright.execution.output import Passage
from dagwright.execution.records import read_records
from dagwright.store import StoreError
from dagwright_compiler.runtime_archive import archive_bytes
from dagwright_local.schedule import Counts, Finished

if TYPE_CHECKING:
    from collections.abc import Mapping

    from dagwright.store.verbs import Store
    from dagwright_local.schedule import Job

_LONGEST_INPUT = 64 << 10


class IsolatedLauncher:
    """Starts each attempt with the command and the environment of a pod.

    Args:
        setup: The run, as the server has it: store, run, inputs, plan, code, cache, project, domain.
        scratch: A folder for the archive and the attempts' work.
        environments: Variables of each node's task.
        store: Where attempts leave their records; read when one has ended.
    """

    def __init__(
        self, setup: Mapping[str, Any], scratch: Path, environments: Mapping[str, Mapping[str, str]], store: Store
    ) -> None:
        self._scratch = scratch
        self._environments = environments
        self._store = store
        self._run: str = setup["run"]
        self._archive = scratch / "dagwright.pyz"
        self._archive.write_bytes(archive_bytes())
        Path(kept_code(str(self._archive))).mkdir(
            exist_ok=True
        )  # compiling the runtime takes longer than the rest of an attempt's start
        self._ended: SimpleQueue[Finished] = SimpleQueue()
        self._processes: set[subprocess.Popen[bytes]] = set()
        inherited = {name: value for name, value in os.environ.items() if not name.startswith(("DAGWRIGHT_", "PYTHON"))}
        given = {f"{names.ENV_INPUT}{name}": self._referred(text) for name, text in setup["inputs"].items()}
        self._environment = {
            **inherited,
            **given,
            names.ENV_STORE: setup["store"],
            names.ENV_RUN: setup["run"],
            names.ENV_PLAN: setup["plan"],
            names.ENV_CODE: os.pathsep.join(setup["code"]),
            names.ENV_PROJECT: setup["project"],
            names.ENV_DOMAIN: setup["domain"],
            names.ENV_PICKLE: setup["pickle"],
            names.ENV_CACHE: setup["cache"],
        }

    def _referred(self, text: str) -> str:
        """Leave a long input in the store: an environment has limits."""
        return refer(text, lambda digest, data: publish_blobs(self._store, {digest: data}), longest=_LONGEST_INPUT)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        for process in list(self._processes):
            process.terminate()
        for process in list(self._processes):
            process.wait()

    def start(self, job: Job) -> None:
        """Start one attempt; its output leaves line by line, behind the job's name."""
        work = self.work_of(job)
        work.mkdir(parents=True, exist_ok=True)
        arguments = [job.node] if job.pod is None else [job.node, str(job.pod)]
        process = subprocess.Popen(  # noqa: S603
            [sys.executable, str(self._archive), *arguments],
            env={
                **self._environment,
                **self._environments[job.node],
                names.ENV_WORK: str(work),
                names.ENV_ATTEMPT: str(job.attempt),
                names.ENV_TERMINATION: str(work / "termination"),
            },
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            cwd=work,
        )
        self._processes.add(process)
        Thread(target=self._follow, args=(job, process), daemon=True).start()

    def wait(self) -> Finished:
        """Wait for the end of any attempt."""
        return self._ended.get()

    def work_of(self, job: Job) -> Path:
        """Folder of a node's attempt."""
        name = job.node if job.pod is None else f"{job.node}.{job.pod}"
        return self._scratch / name / str(job.attempt)

    def _follow(self, job: Job, process: subprocess.Popen[bytes]) -> None:
        passage = Passage(2, f"{job.label} | ".encode())
        assert process.stdout is not None
        while chunk := os.read(process.stdout.fileno(), 1 << 16):
            passage.write(chunk)
        process.stdout.close()
        passage.close()
        code = process.wait()
        self._processes.discard(process)
        record = self._record(job) if code == 0 or job.elements else {}
        counts = Counts(*(record[name] for name in COUNTS)) if COUNTS[0] in record else None
        self._ended.put(Finished(job, 128 - code if code < 0 else code, str(record.get("state", "")), counts))

    def _record(self, job: Job) -> Mapping[str, Any]:
        """Read the attempt's record: how its result came about. One that cannot be read costs a word of the summary only."""
        try:
            records = read_records(self._store, self._run, job.node, job.pod)
        except StoreError:
            return {}
        return records[-1] if records else {}
