"""Every public name of flytekit: files may import it, and what each use of it does is said."""

from __future__ import annotations

import pytest
from frontend_sources import front

import dagwright
from dagwright.contract.flytekit_names import MODULES, PUBLIC
from dagwright_compiler.frontend.names import OWN

_TYPES = {"FlyteDirectory", "FlyteFile", "StructuredDataset"}
_TASK = "\n\n@task\ndef double(x: int) -> int:\n    return 2 * x\n"


@pytest.mark.parametrize("name", sorted(PUBLIC | MODULES))
def test_a_name_may_be_imported(name: str) -> None:
    assert front(f"from flytekit import task, {name}{_TASK}").codes == []
    assert front(f"import flytekit as fl\nfrom flytekit import task\n\nHELD = fl.{name}{_TASK}").codes == []


@pytest.mark.parametrize("name", sorted(PUBLIC))
def test_a_star_gives_it(name: str) -> None:
    assert front(f"from flytekit import *\nHELD = {name}{_TASK}").codes == []


@pytest.mark.parametrize("name", sorted(PUBLIC - _TYPES - {"file", "directory", "iterator"}))
def test_what_is_no_type_is_refused_as_one(name: str) -> None:
    found = front(f"from flytekit import task, {name}\n\n@task\ndef double(x: {name}) -> int:\n    return 1\n")
    assert found.codes in (["DW206"], ["DW302"])


@pytest.mark.parametrize("name", ["FlyteEntities", "tasks", "Resource", "StructuredDatasets"])
def test_a_misspelt_name_is_found(name: str) -> None:
    found = front(f"from flytekit import {name}\n")
    assert found.codes == (["DW202"] if name != "FlyteEntities" else [])


@pytest.mark.parametrize(
    ("name", "help_"),
    [
        ("conditional", "move the decision into a task"),
        ("kwtypes", "write `from flytekit import kwtypes`"),
        ("Resource", "did you mean `Resources`?"),
        ("FlyteFile", "write `from flytekit import FlyteFile`"),
        ("zzz", ""),
    ],
)
def test_our_own_package_has_no_other_names(name: str, help_: str) -> None:
    (found,) = front(f"from dagwright import {name}\n").found
    assert (found.code.id, found.help) == ("DW202", help_)
    assert not hasattr(dagwright, name)


def test_our_own_names_are_all_known() -> None:
    assert {*dagwright.__all__, "accelerators"} == OWN
