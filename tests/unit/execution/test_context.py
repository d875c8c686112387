"""What a process that exists for one attempt is given."""

from __future__ import annotations

import os

import pytest

from dagwright.execution import context


@pytest.fixture(autouse=True)
def _own_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(context._Process, "attempt", None)
    monkeypatch.delenv("TMPDIR", raising=False)


@pytest.mark.parametrize("is_writable", [True, False])
def test_files_that_tasks_make_find_room_where_the_root_cannot_be_written(
    monkeypatch: pytest.MonkeyPatch, is_writable: bool
) -> None:
    monkeypatch.setattr(os, "access", lambda path, _mode: is_writable or path != "/tmp")
    context.claim_process(context.Attempt("node", work="/dagwright/attempt"))
    assert os.environ.get("TMPDIR") == (None if is_writable else "/dagwright/attempt")


def test_a_folder_that_somebody_chose_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "access", lambda _path, _mode: False)
    monkeypatch.setenv("TMPDIR", "/scratch")
    context.claim_process(context.Attempt("node", work="/dagwright/attempt"))
    assert os.environ["TMPDIR"] == "/scratch"
