"""The code blocks of the project's documents on a live controller: the values and cache keys of every other way of running."""

import json
import subprocess

import pytest
from live_cluster import DAGWRIGHT
from seeds.cases import CASES

from dagwright.contract.keys import sha256_hex
from dagwright.contract.names import blob_key
from dagwright.store import open_store

pytestmark = pytest.mark.cluster

_TOO_LARGE = {"resources", "multi_image"}
"""Blocks whose pods ask for more than a small node has, or for images of the internet."""
RUNNABLE = [case for case in CASES if case.failure is None and case.folder not in _TOO_LARGE]
FAILING = [case for case in CASES if case.failure is not None and case.folder not in _TOO_LARGE]
RUNS = [(case, "s3" if number % 3 == 2 else "file") for number, case in enumerate(RUNNABLE)]
"""Files and S3 by turns: what the store may change of a value is shown elsewhere on both."""


def entries(store):
    return store.list("v1/ac")


def given(case, store):
    """Inputs as parameters; a text beyond a kilobyte goes by reference, as ``submit`` will do with long ones."""
    texts = {}
    for name, value in case.inputs.items():
        text = json.dumps(value)
        if len(text) > 1000:
            data = text.encode()
            store.create(blob_key(sha256_hex(data)), data)
            text = json.dumps({"$ref": sha256_hex(data), "len": len(value)})
        texts[name] = text
    return texts


def run_here(case, folder):
    """The cache entries that ``dagwright run`` makes."""
    inputs = folder / "inputs.json"
    inputs.write_text(json.dumps(case.inputs), "utf-8")
    words = [*DAGWRIGHT, "run", "--store", (folder / "here").as_uri(), "--inputs-file", str(inputs), str(case.path), case.entity]
    done = subprocess.run(words, capture_output=True, text=True, cwd=folder, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    return entries(open_store((folder / "here").as_uri()))


@pytest.mark.parametrize(("case", "settings"), RUNS, ids=[f"{case.id}-{store}" for case, store in RUNS], indirect=["settings"])
def test_a_block_gives_the_values_and_keys_of_a_run_on_this_machine(case, settings, flows, tmp_path):
    flow = flows(case.path.read_text("utf-8"), case.entity, settings, module="input")
    store = open_store(settings["store"])
    run = flow.submit(**given(case, store)).succeeded()
    assert run.outputs() == [case.output]
    here = tmp_path / "local"
    here.mkdir()
    assert entries(store) == run_here(case, here)


@pytest.mark.parametrize("case", FAILING, ids=lambda case: case.id)
def test_a_block_that_cannot_work_as_printed_gives_its_pinned_message(case, flows, argo):
    flow = flows(case.path.read_text("utf-8"), case.entity, argo, module="input")
    run = flow.submit(**given(case, open_store(argo["store"]))).failed()
    assert {code for name in flow.plan["units"] for code in run.exit_codes(name)} == {"80"}
    assert case.failure.error in run.logs()
