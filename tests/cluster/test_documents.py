"""The sessions with a cluster that pages of docs show, typed again on a live one."""

import json
import os

import pytest
from documents import DOCUMENTS, Session, blocks, is_for_a_cluster
from live_cluster import delete

pytestmark = pytest.mark.cluster

SHOWN = [document for document in DOCUMENTS if is_for_a_cluster(document)]


@pytest.mark.parametrize("document", SHOWN, ids=lambda path: path.name)
def test_what_the_document_shows_is_what_happens(document, tmp_path, argo):
    if not os.environ.get("ARGO_SERVER"):
        pytest.fail("ARGO_SERVER names no Argo Server: see tests/live_cluster.py", pytrace=False)
    volume = ", ".join(f"{name} = {json.dumps(value)}" for name, value in argo.pop("volumes")[0].items())
    settings = "".join(f"{name} = {json.dumps(value)}\n" for name, value in argo.items())
    (tmp_path / "pyproject.toml").write_text(f"[tool.dagwright.argo]\n{settings}volumes = [{{{volume}}}]\n", "utf-8")
    session = Session(tmp_path, cluster=True)
    try:
        for block in blocks(document):
            session.play(block)
    finally:
        for name in session.names.values():
            delete("workflow", name)
