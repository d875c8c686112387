"""What a task asks of its attempt, on every way of running."""

import re

import pytest
from ways_of_running import WAYS, execute, write_project

FLOW = """
import os
from datetime import timedelta

from dagwright import Deck, Secret, current_context, task, workflow

LOGGER = current_context().logging


@task
def who(n: int) -> list[str]:
    context = current_context()
    LOGGER.info("in the log")
    Deck("page", "<b>text</b>")
    path = os.path.join(context.working_directory, "file")
    with open(path, "w") as file:
        file.write("kept")
    return [context.task_id.name, context.execution_id.project, context.execution_id.domain, open(path).read()]


@task(
    secret_requests=[
        Secret(group="my_group", key="Key", env_var="CHOSEN"),
        Secret(group="my_group", key="cert.pem", mount_requirement=Secret.MountType.FILE),
        Secret(group="my_group", key="nowhere"),
    ],
    enable_deck=True,
)
def granted(n: int) -> list[str]:
    secrets = current_context().secrets
    Deck("kept", "<b>page</b>")
    return [secrets.get("my_group", "Key"), os.environ["CHOSEN"], secrets.get("my_group", "cert.pem")]


@task(secret_requests=[Secret(group="group", key="absent")])
def looks(n: int) -> str:
    return current_context().secrets.get("group", "absent")


@task(timeout=timedelta(seconds=30))
def makes(n: int) -> str:
    path = os.path.join(current_context().working_directory, "file")
    with open(path, "w") as file:
        file.write("of a process of its own")
    with open(path) as file:
        return file.read()


@workflow
def main(n: int = 1) -> list[str]:
    return who(n=n)


@workflow
def given(n: int = 1) -> list[str]:
    return granted(n=n)


@workflow
def lost(n: int = 1) -> str:
    return looks(n=n)


@workflow
def timed(n: int = 1) -> str:
    return makes(n=n)
"""


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    return write_project(tmp_path_factory.mktemp("context"), FLOW)


@pytest.mark.parametrize("way", WAYS)
def test_the_context_is_the_same_everywhere(project, way):
    done = execute(project, way, "main")
    assert done.returncode == 0, done.stderr
    for word in ("flow.who", "default", "development", "kept"):
        assert word in done.stdout
    assert "INFO in the log" in done.stderr


@pytest.mark.parametrize("way", WAYS)
def test_secrets_and_their_chosen_variables_are_there(project, way, tmp_path, monkeypatch):
    monkeypatch.setenv("_FSEC_MY_GROUP_KEY", "of a variable")
    monkeypatch.setenv("FLYTE_SECRETS_DEFAULT_DIR", str(tmp_path))
    (tmp_path / "my_group").mkdir()
    (tmp_path / "my_group" / "cert.pem").write_text("of a file\n", "utf-8")
    done = execute(project, way, "given")
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("of a variable") == 2
    assert "of a file" in done.stdout
    if way == "script":
        assert "the deck of flow.granted is kept where a run has a store" in done.stderr
        return
    assert "the secret my_group/nowhere is not here" in done.stderr
    key = re.search(r"dagwright: deck in (\S+)", done.stderr)[1]
    assert "<h2>kept</h2>\n<b>page</b>" in (project / ".dagwright" / "store" / key).read_text("utf-8")


@pytest.mark.parametrize("way", WAYS)
def test_an_absent_secret_fails_the_task_and_says_what_to_do(project, way):
    done = execute(project, way, "lost")
    assert done.returncode != 0
    assert "the secret group/absent is neither in the variable _FSEC_GROUP_ABSENT nor in the file" in done.stderr


@pytest.mark.parametrize("way", WAYS)
def test_a_task_with_a_timeout_has_a_working_directory(project, way):
    done = execute(project, way, "timed")
    assert "of a process of its own" in done.stdout, done.stderr
    assert not list(project.glob("files-*"))
