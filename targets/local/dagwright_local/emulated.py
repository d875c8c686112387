"""Executes a program's Batch plan on this machine, under an executor of AWS Batch's rules."""

from __future__ import annotations

import json
import os
import sys
import tempfile
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dagwright.contract.names import ENV_CACHE, quote_part
from dagwright.contract.secrets import ENV_FILE_PREFIX, ENV_SECRET_PREFIX, ENV_SECRETS_FOLDER
from dagwright.contract.types import is_bare_text
from dagwright.execution.ending import SUCCEEDED
from dagwright.execution.task_call import CACHED
from dagwright.store import open_store
from dagwright_compiler.driver.compiling import lower_to
from dagwright_compiler.ir.program import MapNode, TaskNode
from dagwright_local.forked import ForkedLauncher
from dagwright_local.local_store import hide_local_store
from dagwright_local.refusal import refused
from dagwright_local.run import Report, setup_of, unpack
from dagwright_local.schedule import Finished, Job, Tally

if TYPE_CHECKING:
    from dagwright.store.verbs import Store
    from dagwright_compiler.driver.programs import Loaded
    from dagwright_local.run import Request

_TARGET = "batch"


def run(loaded: Loaded, request: Request) -> Report:
    """Compile to AWS Batch and play it; attempts reach code, values and records through the store alone, as on AWS."""
    # What the emulator has in the place of a queue and an image, so that nobody has to configure them for it.
    defaults = {"queue": "emulated", "image": "emulated", "store": request.store, **_secrets(loaded)}
    artefact = lower_to(loaded, _TARGET, defaults)
    if artefact is None:
        return Report(Tally(), None, (str(refused(loaded.reading)),))
    hide_local_store(loaded.reading.settings)
    with tempfile.TemporaryDirectory(prefix="dagwright-run-") as folder:
        scratch = Path(folder)
        unpack(artefact.bundle, scratch)
        setup = setup_of(loaded, request, scratch, code=[str(scratch / "code")])
        # The server is started before this process touches the store, and reads the outputs in the end.
        with ForkedLauncher(setup, scratch) as forked:
            store = open_store(request.store)
            emulator: Any = import_module("dagwright_batch.emulate")
            try:
                played = emulator.run(
                    artefact,
                    inputs={name: _data(loaded, name, text) for name, text in request.inputs.items()},
                    store=store,
                    store_url=request.store,
                    run=setup["run"],
                    max_workers=request.max_workers,
                    environment={**_credentials(), ENV_CACHE: request.cache},
                    on_line=lambda line: print(line, file=sys.stderr),  # noqa: T201  # where tasks' output belongs
                )
            except emulator.PlanError as error:
                return Report(Tally(), None, (f"dagwright: {error}\n",))
            failures = _failures(played)
            return Report(_tally(store, setup["run"], played), None if failures else forked.outputs(), failures)


def _data(loaded: Loaded, name: str, text: str) -> Any:
    """Give an input as JSON data: a text stands bare where one is declared."""
    assert loaded.program is not None
    declared = next(field.type for field in loaded.program.workflow.inputs if field.name == name)
    try:
        data = json.loads(text)
    except ValueError:
        return text
    return text if is_bare_text(declared, data) else data


def _credentials() -> dict[str, str]:
    """What the store's client needs, and where secrets stand in files."""
    given = ("AWS_", ENV_SECRETS_FOLDER, ENV_SECRET_PREFIX, ENV_FILE_PREFIX)
    return {name: value for name, value in os.environ.items() if name.startswith(given) and not name.startswith("AWS_BATCH_")}


def _secrets(loaded: Loaded) -> dict[str, Any]:
    """Settings with a place for every secret, whose value this machine's environment has."""
    assert loaded.program is not None
    policies = [task.policy for task in loaded.program.tasks.values()]
    policies += [node.policy for node in loaded.program.workflow.nodes if isinstance(node, TaskNode | MapNode) and node.policy]
    names = [".".join(filter(None, (secret.group, secret.key))) for policy in policies for secret in policy.secrets]
    return {"secrets": dict.fromkeys(names, "emulated"), "execution_role_arn": "emulated"} if names else {}


def _failures(played: Any) -> tuple[str, ...]:
    failed = [job for job, state in played.jobs.items() if state != "SUCCEEDED"]
    return tuple(f"dagwright: job {job}: {played.jobs[job].lower()}\n" for job in failed)


def _tally(store: Store, run_key: str, played: Any) -> Tally:
    """Count from the attempts' records, as anybody could who has the store."""
    tally = Tally()
    for key in store.list(f"v1/run/{quote_part(run_key)}"):
        if "/attempt-" in key and key.endswith(".json"):
            record = json.loads(store.get(key))
            if record["ending"] == SUCCEEDED:
                tally.cached += record.get("cached", int(record["state"] == CACHED))
                tally.ran += record.get("ran", int(record["state"] != CACHED))
    tally.retried = sum(attempt.action == "RETRY" for attempt in played.attempts)
    tally.failed = [Finished(Job(job, None, 0), 1) for job, state in played.jobs.items() if state == "FAILED"]
    return tally
