"""Everything that the README and the pages of docs show is executed: ``tests/documents.py`` says how.

A block without a comment fails, so nothing stands there unchecked. Generated pages stand in docs/reference: test_reference.py holds
them to their sources, whose examples have tests of their own.
"""

from __future__ import annotations

import re

import pytest
from documents import DOCUMENTS, ROOT, Session, as_on_a_cluster, blocks

LINK = re.compile(r"\]\((?!https?:)([^)#]+)")


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_what_the_document_shows_is_what_happens(document, tmp_path):
    session = Session(tmp_path)
    for block in blocks(document):
        assert block.word is not None, f"a block of {document.name} says not what it is: {block.body[:80]}"
        session.play(block)


def test_the_readme_shows_something():
    assert {block.word for block in blocks(DOCUMENTS[0])} >= {"file", "shell", "excerpt"}


@pytest.mark.parametrize("name", ["README.md", "CONTRIBUTING.md", "ARCHITECTURE.md"])
def test_links_of_pages_outside_the_site_lead_somewhere(name):
    """Those inside are Sphinx's business."""
    found = LINK.findall((ROOT / name).read_text("utf-8"))
    assert [link for link in found if not (ROOT / link).exists()] == []


def test_what_a_cluster_prints_fits_on_another_day():
    shown = """\
dagwright: created ConfigMap day-mean-e83373f25997
dagwright: day-mean-q4j668 submitted to argo at http://127.0.0.1:2746
12:13:25 readings: pending  1 s
12:13:33 readings: succeeded  5 s
  1        12:14:08  12 s    80  the task failed
20.875
"""
    pattern = as_on_a_cluster(shown)
    other = """\
dagwright: day-mean-q4j668 submitted to argo at http://127.0.0.1:2746
01:02:03 readings: succeeded  1 min 5 s
  1        12:15:00  9 s     80  the task failed
20.875
"""
    assert re.fullmatch(pattern, shown)
    assert re.fullmatch(pattern, other)
    assert not re.fullmatch(pattern, other.replace("20.875", "20.5"))
    assert not re.fullmatch(pattern, other.replace("  80  ", "  81  "))


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_pages_lead_to_others_by_links(document):
    """A name of a page that is no link goes wrong unseen."""
    assert re.findall(r"`docs/[\w/-]+\.md`", document.read_text("utf-8")) == []
