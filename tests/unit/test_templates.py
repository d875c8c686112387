"""Environments of templates: what is kept between processes."""

import sys
from importlib.util import cache_from_source
from pathlib import Path

import pytest

from dagwright_compiler.templates import template_environment


@pytest.fixture
def package(monkeypatch, tmp_path):
    """A package whose bytecode has a folder elsewhere."""
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    monkeypatch.setattr(sys, "pycache_prefix", str(tmp_path / "kept"))
    package = tmp_path / "package"
    (package / "templates").mkdir(parents=True)
    (package / "templates" / "t.j2").write_text("{{ word | loud }} tail\n")
    return package


def bytecode_folder(package):
    return Path(cache_from_source(str(package / "__init__.py"))).parent


def kept(package):
    return {path.name: path.read_bytes() for path in bytecode_folder(package).rglob("*.jinja")}


def written(package):
    return template_environment(package, {"loud": str.upper}).get_template("t.j2").render(word="a")


def test_a_compiled_template_is_kept_beside_the_bytecode_of_its_package(package):
    assert (written(package), kept(package)) == ("A tail\n", {})
    bytecode_folder(package).mkdir(parents=True)
    assert written(package) == "A tail\n"
    (name,) = kept(package)
    # What is kept is what runs: a change of it shows, until the template changes.
    (bytecode_folder(package) / name).write_bytes(kept(package)[name].replace(b" tail", b" TAIL"))
    assert written(package) == "A TAIL\n"
    (package / "templates" / "t.j2").write_text("{{ word | loud }}, new\n")
    assert written(package) == "A, new\n"
    assert list(kept(package)) == [name]


def test_nothing_is_kept_where_python_keeps_nothing(package, monkeypatch):
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    bytecode_folder(package).mkdir(parents=True)
    assert written(package) == "A tail\n"
    assert kept(package) == {}


def test_an_unknown_name_in_a_template_is_an_error(package):
    from jinja2 import UndefinedError

    (package / "templates" / "t.j2").write_text("{{ word }} {{ typo }}")
    with pytest.raises(UndefinedError, match="typo"):
        written(package)
