"""The site that ``make docs`` builds: strict about what leads nowhere, the same bytes everywhere, and nothing of it from a network."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
COMMAND = re.search(
    r"\$\(BIN\)/sphinx-build (?P<options>.+) -d build/doctrees docs build/site", (ROOT / "Makefile").read_text("utf-8")
)
FETCHED = re.compile(
    r"""<(?:script|img|iframe|source)\b[^>]*\bsrc="(?:https?:)?//|<link\b[^>]*\bhref="(?:https?:)?//|@import|url\(["']?(?:https?:)?//"""
)


def build(pages: Path, site: Path, *, more: tuple[str, ...] = (), hash_seed: str = "0") -> subprocess.CompletedProcess[str]:
    """Build as ``make docs`` does."""
    assert COMMAND, "the rule of docs in Makefile has changed"
    options = COMMAND["options"].split()
    return subprocess.run(
        [sys.executable, "-m", "sphinx", "--no-color", *options, *more, "-d", f"{site}.doctrees", str(pages), str(site)],
        env={**os.environ, "PYTHONHASHSEED": hash_seed},
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )


@pytest.fixture(scope="module")
def site(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("site") / "built"
    done = build(DOCS, folder)
    assert done.returncode == 0, done.stderr
    return folder


def test_what_leads_nowhere_is_an_error(tmp_path):
    pages = tmp_path / "pages"
    pages.mkdir()
    shutil.copy(DOCS / "conf.py", pages)
    shutil.copytree(DOCS / "static", pages / "static")
    (pages / "index.md").write_text(
        "# Start\n\n[gone](gone.md) [part](there.md#gone) [here](#gone)\n\n:::{toctree}\nthere\nabsent\n:::\n", "utf-8"
    )
    (pages / "there.md").write_text("# There\n", "utf-8")
    (pages / "orphan.md").write_text("# Orphan\n", "utf-8")
    done = build(pages, tmp_path / "site", more=("--keep-going",))
    assert done.returncode == 1
    told = [line.removeprefix(f"{pages}/") for line in done.stderr.splitlines() if "WARNING" in line]
    assert sorted(re.sub(r": WARNING: .*\[(.+)\]$", r" \1", line) for line in told) == [
        "index.md:3 myst.xref_missing",
        "index.md:3 myst.xref_missing",
        "index.md:3 myst.xref_missing",
        "index.md:5 toc.not_readable",
        "orphan.md toc.not_included",
    ]


def test_the_same_sources_give_the_same_bytes(site, tmp_path):
    copied = shutil.copytree(DOCS, tmp_path / "elsewhere" / "docs")
    done = build(copied, tmp_path / "again", hash_seed="1")
    assert done.returncode == 0, done.stderr
    first, second = (
        {path.relative_to(top): path.read_bytes() for path in top.rglob("*") if path.is_file()}
        for top in (site, tmp_path / "again")
    )
    assert first.keys() == second.keys()
    assert [str(path) for path in first if first[path] != second[path]] == []


def test_pages_load_nothing_from_a_network(site):
    loading = {
        str(path.relative_to(site)): found[0]
        for path in site.rglob("*")
        if path.suffix in (".html", ".css") and (found := FETCHED.search(path.read_text("utf-8")))
    }
    assert loading == {}


def test_every_page_is_there_and_can_be_found(site):
    pages = {path.relative_to(DOCS).with_suffix("").as_posix() for path in DOCS.rglob("*.md")}
    index = (site / "searchindex.js").read_text("utf-8")
    assert sorted(page for page in pages if not (site / f"{page}.html").is_file() or f'"{page}"' not in index) == []


def test_blocks_say_what_file_they_are(site):
    page = (site / "tutorial.html").read_text("utf-8")
    assert '<span class="caption-text">churn.py</span>' in page
    assert "&lt;!--" not in page
